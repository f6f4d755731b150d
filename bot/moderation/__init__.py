"""Moderation of safety blocks: cases from opening to decision, consent, appeal and expiry."""
