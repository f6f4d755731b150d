delete = Supprimer cette demande et ses images ? C'est définitif.
batch_stop = Arrêter ce lot pour de bon ? Ce qui est dessiné reste, et rien de plus n'est dessiné.
own_key_remove = Retirer la clé ? Elle est supprimée pour de bon. Pour l'utiliser à nouveau, il faudrait la ressaisir.
title = Vraiment ?
keep = La garder
