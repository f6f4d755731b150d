"""One module for each generated page: `PATH` and `page()`; scripts/generate_docs.py finds them by itself."""
