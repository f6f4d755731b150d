"""What the tests of Discord and Slack share: a bot on a stand-in, the same in a process that can be killed, and faults on demand."""
