welcome = 这会设置 imagine-bot。每个回答都会马上检查，结束之前不会写入 { $file }。按回车采用 [方括号] 里的值；Ctrl-C 停止，什么都不改。
address = 图片服务的地址：OpenAI 的，或者任何接口相同的服务。想不用密钥试试，请在另一个终端运行 `imagine-bot sandbox`，再粘贴它显示的地址。
key = 图片服务的密钥，来自它的控制台。如果你自己的服务器不需要，请随便输入一个词，例如 local。
model = 图片模型。
hidden = 输入时不显示
hidden_kept = 输入时不显示；按回车保留现有的
optional = 按回车表示不要
optional_kept = { $value }；输入 “none” 去掉它
none = none
required = 这一项必须填。
yes_usual = Y/n
no_usual = y/N
yes_or_no = 请输入 y 或 n。
keep_anyway = 检查没有通过，仍然采用吗？按回车重新询问。
checking = 还在检查（{ $seconds } 秒）……
use_second = 要不要准备第二个图片服务，在这个服务中断时使用？
change_second = 已经设置了第二个图片服务。要修改吗？
second_base_url = 第二个图片服务的地址。第一个停了或没有余额时由它来画；被拦下的提示词绝不会发给它。
second_api_key = 第二个图片服务的密钥。
second_models = 在两个服务上画法相同的模型，写成 模型=那边的模型，用逗号分隔。只有这些会发给第二个服务。
use_platform = 大家在 { $name } 里使用它吗？
change_platform = 已经设置了 { $name }。要修改吗？
no_platform = 这样谁都用不了机器人。请至少选一个。
new_file = # imagine-bot 的设置，由 imagine-bot init 生成。全部设置见 docs/settings.md。
writes = 会写入 { $file }：
changes = { $file } 会有这些变化，其他内容保持不变：
removed = 去掉
secret_new = 已设置（不显示）
secret_changed = 已更换（不显示）
may_write = 写入吗？
written = 已写入 { $file }。只有你能读。
nothing_new = { $file } 已经是这样，所以什么都没有写。
readable = 这台机器上的其他人能读 { $file }，而里面有密钥。请改正：chmod 600 { $file }
left_alone = { $file } 没有改动。
needs_yes = { $file } 已经存在，会被修改。什么都没有写；加上 --yes 才会修改。
not_written = 没有写入 { $file }。请改正上面指出的问题，再运行命令。
stopped = 已停止。没有写入 { $file }。
cannot_write = 无法写入 { $file }（{ $error }），所以什么都没有变。请用 --env-file 换一个，或者修正文件夹的权限。
next = 接下来：{ $command }
picture = 想先用真实的图片检查一下（约一美分）：{ $command }
lacks = 缺少 { $name }。请把密钥放进文件，用 --key-file 或 --secret-file { $name }=FILE 指定，或者设置在环境变量里。
new_address_new_key = 这个地址和已设置的密钥不属于同一个服务，而密钥只会发给它自己的服务。请用 --key-file 指定新的密钥。
not_asked = init 不询问 { $name }。它询问：{ $known }。其他的都写在设置文件里。
not_a_pair = { $option } 需要 NAME=VALUE，不能是“{ $value }”。
secret_shown = { $name } 是机密，而这台机器上的其他人能读到命令的参数。请把它放进文件，用 --secret-file { $name }=FILE。
secret_unreadable = 读不了 { $name } 的文件 { $file }。
secret_empty = { $name } 的文件 { $file } 是空的。
