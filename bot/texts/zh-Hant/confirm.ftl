delete = 要刪除這個請求和它的圖片嗎？刪除後無法恢復。
batch_stop = 徹底停止這一批嗎？畫好的會保留，不再畫別的。
own_key_remove = 移除金鑰嗎？它會被刪除，誰也無法再看到。
title = 確定嗎？
keep = 保留
