## Asked once before what cannot be undone.

delete = Delete this request and its pictures? That can't be undone.
title = Are you sure?
keep = Keep it
