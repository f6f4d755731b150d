"""Pure knowledge about failures: evidence into one normal form, rules, classification, wait hints, explanations."""
