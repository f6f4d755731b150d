"""What the whole project talks about: plain dataclasses, closed lists and state tables. Imports the standard library only."""
