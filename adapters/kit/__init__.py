"""What chat platforms do alike, for adapters to use: one policy, one intake, one doctor's frame. Imports no adapter."""
