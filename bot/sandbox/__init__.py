"""OpenAI-compatible image API for demos and tests: it draws real pictures and fails on demand."""
