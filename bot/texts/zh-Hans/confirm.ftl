delete = 要删除这个请求和它的图片吗？删除后无法恢复。
batch_stop = 彻底停止这一批吗？画好的会保留，不再画别的。
own_key_remove = 移除密钥吗？它会被删除，谁也无法再看到。
title = 确定吗？
keep = 保留
