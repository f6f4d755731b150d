"""The Discord adapter over a stand-in Discord, with the real client library."""
