"""Cases: open, claim, decide, consent, appeal, expire."""
