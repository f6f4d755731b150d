"""Domain model: plain dataclasses, enums and state tables. Imports only the standard library."""
