"""The whole core, run in virtual time against a hostile provider, a hostile chat platform and a process that dies (docs/reliability.md)."""
