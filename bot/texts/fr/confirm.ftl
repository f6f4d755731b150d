delete = Supprimer cette demande et ses images ? C'est définitif.
title = Vraiment ?
keep = La garder
