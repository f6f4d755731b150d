safety_prompt-operator = 服务商的过滤器拦下了提示词。机器人不会再次发送，也从不自己改动措辞或模型。
safety_prompt-operator_copyright = 服务商的过滤器因为版权、品牌或与已有作品相似而拦下了提示词。机器人不会再次发送，也从不自己改动措辞或模型。
safety_reference_image-operator = 服务商的过滤器拒绝了一张参考图片。如果请求没有参考图片，可能是某个网关这样表述它的拦截。机器人不会自动把这个提示词和这张图片再发一次。
safety_output-operator = 服务商画好了图片，它的过滤器留下了图片；这次调用可能已经收费。机器人不会重复，因为同样的提示词会再次计费。
safety_output-operator_copyright = 服务商画好了图片，但因为太像已有的作品（版权、复现）而留下了它；这次调用可能已经收费。机器人不会重复，因为同样的提示词会再次计费。
safety_account_flagged-operator = 服务商因为内容封锁了账户、资源或组织。在解除之前每个请求都会失败，重复只会更糟。
invalid_model-operator = 服务商或网关不认识 IMAGE_MODEL 里的模型：拼写错误、已停用的模型、缺少部署名称（Azure），或者网关没有提供它的渠道。
model_access_denied-operator = 模型存在，但这个密钥、项目或套餐不能使用它。
unsupported_size-operator = 模型拒绝所要的尺寸。机器人通常在发送之前检查尺寸，所以要么它对这个模型的表（bot/catalogue）不对，要么 IMAGE_MODEL 与服务商实际提供的不符。
unsupported_quality-operator = 模型拒绝所要的画质。新旧模型的名称不同（standard、hd / low、medium、high）。
unsupported_count-operator = 模型或套餐不接受一个请求要这么多张图片。
unsupported_option-operator = 服务商拒绝请求里的一个选项，或者选项的组合。网关认识的选项往往比它背后的服务少。
prompt_too_long-operator = 提示词超过了这个模型或网关允许的长度。如果网关加了文字或计数方式不同，上限可能低于模型本身的。
prompt_empty-operator = 服务商没有收到提示词。如果成员确实输入了，就是机器人和服务商之间的某个环节丢掉或改名了这个字段。
invalid_reference_image-operator = 服务商用不了一张参考图片。如果没有人附上图片，IMAGE_MODEL 可能是只能修改图片的模型，或者网关把调用转到了别的接口。否则就是它读不了或取不到图片：请检查格式、颜色模式和大小，遮罩是否缺少透明部分，以及服务商的网络能否访问它的地址。回答里引用的状态码属于存放图片的主机，而不是图片接口。
payload_too_large-operator = 请求正文超过了服务商或它前面的代理所能接受的大小（nginx：client_max_body_size）。什么都没有画。
bad_request_other-operator = 服务商拒绝了请求，没有给出机器人认识的原因。机器人不会把这样的拒绝当作安全拦截。
auth_missing_key-operator = 服务商没有收到 API 密钥：运行中的进程里 IMAGE_API_KEY 是空的，或者代理去掉了请求头。
auth_invalid_key-operator = 服务商不接受这个 API 密钥：写错了、过期了、被撤销了，或者属于另一个服务（把网关的密钥发给了 OpenAI，或者反过来）。
auth_permission-operator = 密钥是认识的，但不允许这样做：受限的密钥没有图片权限、缺少角色、项目里没有启用该接口、套餐不含图片、IP 地址不在允许名单里，或者账户被锁定。
auth_permission-operator_guard = { $guard } 在图片服务前面，用自己的页面拒绝了这台机器。图片服务没有看到密钥，也没有看到提示词，所以这与两者都无关；什么都没有画，也不可能收费。这类检查按 IP 地址、网络或国家拒绝调用（多是数据中心、VPN 和共用代理），或者因为 IMAGE_BASE_URL 指向给浏览器用的网站。
org_verification_required-operator = 服务商要求先验证组织，才能使用这个模型。OpenAI：platform.openai.com，Settings，Organization，General，Verify Organization；验证后大约 15 分钟才能用。不验证只等待没有用。
region_blocked-operator = 服务商不向机器人所在的国家（或者它的代理、网关所在的国家）提供服务。请在服务商提供服务的地方运行机器人，或者选择为你的国家服务的服务商；不要违反条款伪装地址。
endpoint_not_found-operator = IMAGE_BASE_URL 没有这个路径。常见原因：缺少 /v1 或重复了、用了 http 而不是 https、主机上是网站而不是接口、网关没有图片路径，或者服务商用别的路径。
quota_exhausted-operator = 余额或额度用完了。这与速度无关：除非额度按天或按月恢复，否则等待没有用。
quota_exhausted-operator_plan = 这个密钥的账户套餐没有图片，或者已经用完：服务商要求付费或更大的套餐。请升级、开通按量付费，或者换一个 IMAGE_MODEL。只有套餐额度会恢复时，等待才有用。
quota_exhausted-operator_reset = 这个密钥或模型的额度用完了，服务商说 { $wait } 后恢复。到时不用你做什么就能用；更大的套餐或充值可以更快恢复。
billing_limit-operator = 服务商因为账务原因停用了账户：账户的硬上限、账户未激活或欠费，或者项目没有开通计费。等待没有用。
network_tls-operator = TLS 握手失败；什么都没有发送。常见原因：时钟不对、证书库太旧、自签名证书、做检查的代理或杀毒软件、证书不包含的主机名，或者对只说 http 的端口用了 https。
network_tls-operator_self_signed = TLS 握手失败，因为证书是自签名的；什么都没有发送。如果服务是你自己的，请让这台机器信任该证书（用 IMAGE_CA_FILE 或 SSL_CERT_FILE 指定 PEM 文件）。如果不是，就是有东西在截取连接：不要信任它。
network_tls-operator_expired = TLS 握手失败，因为证书已过期；什么都没有发送。需要在服务或代理那里更新。如果别人能连上，请检查这台机器的时钟。
network_tls-operator_not_yet_valid = TLS 握手失败，因为证书还没有生效；什么都没有发送。通常说明这台机器的时钟慢了：timedatectl set-ntp true。
network_tls-operator_revoked = TLS 握手失败，因为证书已被吊销；什么都没有发送。需要服务换一张新的。
network_tls-operator_wrong_host = TLS 握手失败，因为证书属于另一个主机名；什么都没有发送。请比较 IMAGE_BASE_URL 里的主机和证书里的名称；用 IP 地址时需要为该地址签发的证书。
network_tls-operator_unknown_ca = TLS 握手失败，因为这台机器不认识签发证书的 CA；什么都没有发送。如果在做检查的代理后面，或者用公司自己的 CA，请把 IMAGE_CA_FILE 或 SSL_CERT_FILE 设为它的证书（PEM 文件）。如果是公共服务，就是这台机器的证书库太旧（软件包 ca-certificates），或者服务漏发了中间证书。
network_tls-operator_ca_file = 读不到受信任的证书，所以没有开始 TLS 连接，什么都没有发送。请检查 IMAGE_CA_FILE 或 SSL_CERT_FILE 里的文件：它必须存在、机器人能读，并含有 PEM 格式的证书。
network_tls-operator_client_certificate = 服务要求客户端证书，没有就拒绝 TLS 握手；什么都没有发送。机器人没有客户端证书：请用接受 API 密钥的地址。
network_tls-operator_no_tls = 这个地址上回应的程序不说 TLS；什么都没有发送。多半是地址以 https:// 开头，而端口说的是普通 http：请改正协议或端口。也可能是代理或网络的登录页。
network_tls-operator_protocol = TLS 握手失败，因为双方没有共同的 TLS 版本或加密套件；什么都没有发送。对这台机器的 OpenSSL 来说，服务或中间的代理太旧或太严。
network_tls-operator_cut = TLS 握手时连接被切断；什么都没有发送。拦截该主机名的防火墙或代理会这样，说另一种协议的端口也会。
network_proxy-operator = 设置的代理拒绝了连接、要求登录，或者连不上；什么都没有发送。这里显示的状态码来自代理，不是服务商。
rate_limited-operator = 服务商限制一定时间内接受多少请求或图片，或者同时进行多少。
rate_limited-operator_never = 服务商回答的速率限制等待也解除不了：上限是零、这一个请求就超过上限，或者要等好几个小时。机器人不会重复。请找没有这个限制的套餐或模型，或者少要几张、要小一些的图片。
overloaded-operator = 服务商现在没有容量、正在加载模型，或者在维护。什么都没有画。
server_error-operator = 服务商内部出错。这样结束的调用可能已经收费；在用量页另有说明之前，机器人把它记为已花费。
server_error-operator_reading = 向服务询问模型列表时，它内部出错。这不花钱。
gateway_error-operator = 回答的是网关或边缘服务器（nginx、Cloudflare、经销商），不是它背后的服务商。除非边缘服务器根本没连上，否则调用可能已经到达服务商并收费。
gateway_error-operator_reading = 回答的是网关或边缘服务器（nginx、Cloudflare、经销商），不是它背后的服务，后者可能停了。这个请求不花钱。
timeout-operator = 没有及时得到回答。图片可能仍然画好并收费了；重试算作另一次付费尝试，重启之后机器人绝不会自动重试它。
timeout-operator_reading = 没有及时得到回答。这个请求不花钱。
network_dns-operator = IMAGE_BASE_URL 里的主机名解析不了；什么都没有发送。要么写错了，要么这台机器的名称服务器没有回应。
network_connect-operator = 机器人连不上 IMAGE_BASE_URL 里的主机；什么都没有发送，也不可能收费。端口关闭、防火墙丢弃连接，或者主机停了。
network_reset-operator = 机器人等待回答时连接断了。图片可能已经画好并收费；重试算作另一次付费尝试。防火墙和代理常常切断静默 60 到 120 秒的连接，而画得慢的图片看起来正是这样。
network_reset-operator_reading = 机器人等待回答时连接断了。这个请求不花钱。防火墙、代理或正在重启的服务都可能这样。
task_running_timeout-operator = 服务商的任务还在进行。机器人会继续查询，绝不自动提交第二次，因为两次都会收费。
task_lost-operator = 服务商已经不认识这个任务：过期了、在服务商那里被取消了、用别的密钥查询了，或者从来没有存下来。机器人不会自动再提交，因为可能已经收费。
task_lost-operator_reading = 服务不认识所询问的内容。
malformed_response-operator = 回答不像图片接口的：网页、被截断或无效的 JSON，或者别的对象。这次调用可能已经收费。
malformed_response-operator_reading = 回答不像接口的：网页、被截断或无效的 JSON，或者别的对象。
empty_result-operator = 服务商说成功了，却没有发来图片。有些服务的过滤器介入时会这样。如果同样的提示词总是空的，而别的不会，请当作拦截，不要重复。
corrupt_image-operator = 图片数据无法解码：传输中被截断、不是 base64，或者是别的文件类型。这次调用多半已经收费。
download_failed-operator = 图片已经画好并收费，但机器人无法从服务商给的地址下载：链接过期了、还没准备好，或者从这里访问不到。图片接口本身有回答，所以 IMAGE_BASE_URL 和密钥没问题。机器人重复的是下载，不是画图。这里的 403 与链接的签名有关，与 API 密钥无关。请检查这台机器能否访问下面的主机（DNS、防火墙、代理、证书）。
not_taken-operator = 一张图片画好并收费了，但机器人自己的某个限制没有让它进来。机器人不会再要一次，因为下一张也会一样。
not_taken-operator_type = 图片服务发来 { $type } 类型的文件，机器人不解码（它接受 PNG、JPEG、WebP、AVIF、GIF、BMP、TIFF 等）。每张都会收费。请向服务要求另一种输出格式，或者换一个模型。
not_taken-operator_pixels = 服务发来一张 { $pixels } 像素的图片；机器人最多解码 2500 万像素，以免一个文件用光机器的内存。已经收费。请要求小一些的尺寸。
not_taken-operator_bytes = 服务发来的回答超过 { $bytes }；机器人读图片不会超过这个大小。已经收费。请要求小一些的尺寸，或者一次少要几张。
not_taken-operator_memory = 解码一张图片需要的内存超过了图片进程的上限。已经收费。请要求小一些的尺寸。
not_taken-operator_worker = 图片进程在同一张图片上崩溃或卡住了两次：内存不够，或者文件让解码器出错。图片已经收费。请检查机器的内存和日志（picture_worker_lost）。
not_taken-operator_encoding = 图片服务或它前面的环节用 content-encoding { $encoding } 压缩回答，机器人没有要求，也解不开（它能解 gzip 和 deflate）。每张图片都会收费。请关闭那种压缩。
not_taken-operator_address = 图片服务给出的图片地址机器人不会打开：{ $address }。它只通过 https 的 443 端口从公共地址下载，以及从 IMAGE_BASE_URL 自己的主机和端口下载。每张图片都会收费。请把服务设置为用 base64 回答，或者从 IMAGE_BASE_URL 的主机提供文件。
not_taken-operator_disk = 数据文件夹已有一分钟不接受新文件（{ $disk }）：磁盘满了或只读，或者没有权限。图片已经画好并收费。请腾出空间；不需要别的。
output_rejected-operator = 有人不要一张可用的图片。服务没有做错什么；再要一张会像任何请求一样收费。
reason-network_tls = 无法建立安全连接（{ $error }）
reason-network_tls_self_signed = 它的证书是自签名的
reason-network_tls_expired = 它的证书已过期
reason-network_tls_not_yet_valid = 它的证书还没有生效，所以这台机器的时钟多半不对
reason-network_tls_revoked = 它的证书已被吊销
reason-network_tls_wrong_host = 它的证书属于另一个主机名
reason-network_tls_unknown_ca = 它的证书来自这台机器不认识的 CA，例如做检查的代理
reason-network_tls_ca_file = 读不了受信任证书的文件
reason-network_tls_client_certificate = 它要求客户端证书
reason-network_tls_no_tls = 那里回应的程序不说 TLS：是 http 而不是 https，或者是代理的页面
reason-network_tls_protocol = 双方没有共同的 TLS 版本或加密套件
reason-network_tls_cut = TLS 握手时连接被切断
reason-network_dns = 它的名称解析不了
reason-network_connect = 那里没有程序接受连接
reason-network_proxy = 代理拒绝了连接，或者连不上
reason-network_reset = 连接断了
reason-timeout = 没有及时得到回答
reason-malformed_response = 回答与机器人预期的不符（{ $error }）
ladder-key =
    步骤，密钥：
    1. 把 IMAGE_API_KEY 与服务商控制台里的密钥比较：拼写、空格、引号、项目是否正确。
    2. 它在那里是否有效？账户状态是否正常、有没有余额？
    3. 运行中的进程里设置了这个变量吗？改了 .env 之后要重启；imagine-bot doctor 会显示它读取哪个变量，从不显示值。
    4. 密钥的权限包含图片吗？IMAGE_BASE_URL 属于同一个服务商吗？
    5. 如果密钥可能已经泄露，请新建一个，并撤销旧的。
ladder-rate =
    步骤，速率：
    1. 机器人会自动按服务商说的时间暂停、把请求错开、减少并行，并在有限次数内重试。
    2. 查看服务商的用量和上限页面：是哪一种上限？每分钟的请求、图片或 token，还是并行调用？
    3. 在那里提高上限或套餐。
    4. 否则减少请求或缩小请求：每次少要几张、尺寸小一些、画质低一些。
    5. 把不急的工作放进批次。
ladder-quota =
    步骤，额度：
    1. 打开服务商的账单页面：剩余余额、硬上限和软上限、未付账单、项目自己的预算。
    2. 充值或提高上限；只等待没有用。
    3. 机器人保留排队，并用单个请求试探，所以之后会自动继续。
    4. 如果页面显示有余额：密钥属于有余额的账户和项目吗？
ladder-parameters =
    步骤，参数：
    1. 把尺寸、画质、张数、提示词长度和文件类型与服务商页面上该模型的上限比较。
    2. IMAGE_MODEL 真的是你想用的模型吗？在网关或部署名称背后也是吗？
    3. 这个版本的网关或库认识该模型的选项和回答吗？
    4. 一次去掉一个选项；让结果改变的那个就是原因。
ladder-network =
    步骤，网络：
    1. 这台机器的连接正常吗？服务商的状态页报告故障了吗？
    2. 名称能解析吗？端口有回应吗？请在同一台机器或容器里对 IMAGE_BASE_URL 运行 curl -v。
    3. 代理和防火墙：`imagine-bot doctor` 说的是你想用的代理吗（IMAGE_PROXY、OUTGOING_PROXY、HTTPS_PROXY、NO_PROXY）？主机被允许吗？连接可以静默多久？
    4. TLS 和时钟：时间对吗？证书有效吗？有东西检查流量吗？
    5. 换一个网络试试。然后等待：机器人会在有限次数内重试。
ladder-no_clear_message =
    步骤，没有明确的消息：
    1. 把同样的请求再发一次。`imagine-bot verify --narrow` 会做这一步和后面两步，并说出是哪个选项。
    2. 然后用默认的尺寸和画质试一个短的提示词。
    3. 然后一次加一个选项。让结果改变的那个就是原因。
ladder-whose_fault =
    问题在哪里（服务商、网关、模型、机器人）？
    1. 用默认尺寸发一个最简单的提示词：imagine-bot doctor 会做。
    2. 然后用同样的密钥和地址试文本模型。
    3. 文本行而图片不行：检查模型名称、尺寸、画质和接口。都不行：密钥、地址或网络。都行：问题在请求本身，请一次去掉一个选项。
ladder-guard =
    步骤，服务前面的安全检查：
    1. IMAGE_BASE_URL 是接口的地址，而不是网站的吗？接口往往有自己的主机名（api.…）。
    2. 在同一台机器上调用：对 IMAGE_BASE_URL 加 /models 运行 curl -i。如果得到同样的页面，被拒绝的是这台机器，不是机器人。
    3. 换一个网络试，不用 VPN 或代理。如果可以，被拒绝的就是这台机器的 IP 地址。
    4. 请服务的技术支持放行这台机器的 IP 地址，并引用页面上显示的编号。
    5. 不要把机器人伪装成浏览器：这违反服务条款，而且很快会失效。
ladder-nothing_helped =
    都没有用：
    1. 收集一次证据：准确的当地时间和时区、请求编号、模型、版本、去掉隐私的请求、试过的步骤，以及另一个环境是否同样如此。
    2. 发给服务商或网关的技术支持；绝不要发密钥，也绝不要发别人的提示词。
    3. 一次只改一处，并把能用的配置连同日期记下来。
ladder-safety =
    步骤，安全：
    1. 通常没有什么要解决的：由人来决定。工单在那个社区的版主那里；没有版主频道时，只会请成员换个说法。
    2. 常常拦下无害的提示词吗？请查看服务商的代码、阶段和类别，以及网关有没有加自己的过滤器。
    3. 如果判断有误，请用请求编号联系服务商的技术支持；绝不要带别人的提示词。
    4. 拦截会计入账户：请暂停请求总被拦下的成员。
    5. 绝不要自己换模型或改措辞来绕过拦截。
ladder-unusable =
    步骤，不可用的回答：
    1. 看看收到了什么：网页说明地址不对或是登录页，带任务编号的对象说明是异步服务，空列表可能是不出声的过滤器。
    2. 网关或库与接口的版本还相配吗？模型是用图片数据还是用链接回答？
    3. 如果大家不要这些图片，请让他们从几张里选。文字画错了，就要一个干净的背景，之后再加文字；裁剪或构图不对，就写明比例和留白。
    4. 用最简单的提示词得到一张好图片，就说明设置没有问题：imagine-bot doctor 会做。
why-operator_route = IMAGE_MODEL 里的模型在这个路径上不能用：它是聊天模型，或者服务商在另一个路径提供的图片模型。地址和密钥没问题。请把 IMAGE_MODEL 设为图片路径提供的模型，或者把 IMAGE_BASE_URL 设为在那里提供这个模型的服务。等待没有用。
why-operator_plan = 这个密钥的账户套餐或等级不包含这个模型，或者不包含画图。没有花钱，也没有达到上限。请换成包含它的套餐、开通按量付费，或者换一个 IMAGE_MODEL。等待没有用。
why-operator_terms = 账户要先接受条款或许可、申请使用权，或者修改设置（数据政策、隐私、要启用的服务），这个模型才会回答。请以密钥所有者的身份登录服务商的控制台，打开模型页面或设置，在那里确认。密钥本身没问题。等待没有用。
why-operator_words = 模型用文字回答：它没有调用画图工具，或者没有这个工具。如果经常这样，说明 IMAGE_MODEL 是不会画图的聊天模型，或者网关没有把画图工具传过去。这些文字可能已经收费。
words-seen = 看到：{ $facts }。
words-status = 状态码 { $value }
words-code = 代码 { $value }
words-request_id = 请求编号 { $value }
words-way = 路径：{ $value }
words-address = 主机 { $value }
words-stage = 阶段 { $value }
words-categories = 类别 { $value }
words-param = 参数 { $value }
words-allowed = 允许 { $value }
words-limit = 上限 { $value }
words-not_chosen_operator = 被拒绝的选项（{ $option }）不是成员选的。
words-not_chosen_leave_out = 设置 IMAGE_OMIT_OPTIONS={ $option } 可以去掉它。
words-unsure = 机器人不太了解这种回答；这是根据仅有的一点内容作出的最佳猜测。
words-proxy_first = 机器人经过代理，所以请先检查代理：下面的问题可能是它造成的。
words-guard_unnamed = 某个网页服务器或过滤器
words-free = 服务商说这次调用是免费的。
words-repeat_generate = 机器人会自动再发这个请求，次数有限。
words-repeat_generate_wait = 服务商要求等待 { $wait }；之后机器人会自动再发这个请求，次数有限。
words-repeat_fetch = 机器人会自动再次下载图片，不会重画。
words-repeat_poll = 机器人会自动再次查询任务，不会重新提交。
words-repeat_none = 机器人不会自动重复这个请求。
