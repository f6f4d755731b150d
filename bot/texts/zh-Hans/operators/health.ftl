port_in_use = { $host } 的端口 { $port } 被别的程序占用，所以无法提供健康检查。请把 HEALTH_PORT 设为另一个端口。
port_forbidden = 当前用户不能监听端口 { $port }。请把 HEALTH_PORT 设为大于 1023 的端口，例如 9464。
host_unknown = 这台机器没有地址 { $host }。请把 HEALTH_HOST 设为它有的地址，例如 127.0.0.1。
