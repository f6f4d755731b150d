"""Calls to an image API, and safe handling of its responses."""
