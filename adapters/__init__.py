"""Plugins that translate one chat platform each; `bot` never imports them."""
