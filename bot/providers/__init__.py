"""Calls to an image API, and safe handling of what it sends back."""
