"""Bytes from outside into pixels we can trust, and pixels into files that a platform takes. Imports nothing of the bot's but itself, so
that the worker process in which it runs stays small."""
