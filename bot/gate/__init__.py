"""The gate: decides when the next call may start. The only scheduler of calls. Design and measurements: docs/gate.md."""
