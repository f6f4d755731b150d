"""Image services, one module per API, and the registry that finds the one for an address."""
