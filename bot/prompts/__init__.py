"""Prompt normalisation, lint and fingerprints. Pure."""
