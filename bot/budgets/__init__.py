"""Reserve before the call, settle from usage, release what was not billed."""
