"""Text that is drawn on a finished picture: fonts, lines, contrast. Needs the extra `captions`; imported by the picture worker only."""
