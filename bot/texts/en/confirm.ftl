## Asked once before what cannot be undone.

delete = Delete this request and its pictures? That can't be undone.
batch_stop = Stop this batch for good? What's drawn stays, and nothing more is drawn.
own_key_remove = Remove the key? It's deleted, and nobody can read it again.
title = Are you sure?
keep = Keep it
