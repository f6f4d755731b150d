"""A stand-in Slack on loopback, strict where Slack is strict."""
