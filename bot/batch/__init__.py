"""Batches: many topics, drafts first, people choose, and only the chosen ones are drawn in high quality."""
