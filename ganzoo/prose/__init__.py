"""The texts that records bring along, read for people: their reStructuredText, and its formulas."""
