"""Catalogue of image models: what each one accepts and costs. Pure."""
