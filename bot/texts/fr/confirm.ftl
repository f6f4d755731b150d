delete = Supprimer cette demande et ses images ? C'est définitif.
batch_stop = Arrêter ce lot pour de bon ? Ce qui est dessiné reste, et rien de plus n'est dessiné.
title = Vraiment ?
keep = La garder
