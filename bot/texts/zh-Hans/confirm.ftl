delete = 要删除这个请求和它的图片吗？删除后无法恢复。
title = 确定吗？
keep = 保留
