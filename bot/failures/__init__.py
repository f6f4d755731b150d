"""Failure knowledge: evidence in one normal form, rules, classification, wait hints, explanations. Pure."""
