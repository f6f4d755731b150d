"""When may the next exchange start: the only scheduler there is. Design and measurements: docs/gate.md."""
