## Asked once before what cannot be undone.

delete = Delete this request and its pictures? That can't be undone.
batch_stop = Stop this batch for good? What's drawn stays, and nothing more is drawn.
own_key_remove = Remove the key? It's deleted for good. To use it again, you'd have to enter it anew.
title = Are you sure?
keep = Keep it
