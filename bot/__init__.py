"""The platform-neutral core of imagine-bot; docs/architecture.md is its map."""
