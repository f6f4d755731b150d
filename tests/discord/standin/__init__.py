"""A Discord on loopback: HTTP and gateway, with Discord's rules, its errors, and faults on demand. Start at `server.StandIn`."""
