"""Platform-neutral core of imagine-bot. See docs/architecture.md for an overview."""
