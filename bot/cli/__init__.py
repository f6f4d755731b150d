"""The imagine-bot command."""
