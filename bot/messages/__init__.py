"""Everything people see, as projections of rows, sent by one sender per message."""
