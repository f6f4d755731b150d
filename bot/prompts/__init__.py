"""Pure: normalise, lint and fingerprint prompts."""
