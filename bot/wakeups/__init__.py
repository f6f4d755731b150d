"""Say 'look at X, not before T'; a lost wake-up is harmless."""
