"""Generators of documentation pages, one module each with `PATH` and `page()`. scripts/generate_docs.py discovers them."""
