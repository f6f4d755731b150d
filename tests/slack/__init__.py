"""The Slack adapter over a stand-in Slack, with the real client library."""
