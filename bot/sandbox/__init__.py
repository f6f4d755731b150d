"""An OpenAI-compatible image API that draws real pictures and fails on demand."""
