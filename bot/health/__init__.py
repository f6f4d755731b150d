"""Health checks and metrics of a running bot, over HTTP from a thread of its own, so that they're answered even while the loop hangs."""
