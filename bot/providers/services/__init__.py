"""One module for each service's manner of speaking, and the registry that finds the one for an address."""
