"""Chat platform plugins. `bot` never imports them."""
