"""Safe decoding of untrusted image files, and encoding for storage and platforms.

Imports nothing else from the bot, so that the worker process stays small.
"""
