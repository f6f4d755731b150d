delete = 要刪除這個請求和它的圖片嗎？刪除後無法恢復。
title = 確定嗎？
keep = 保留
