"""Logging with redaction; imports nothing of ours."""
