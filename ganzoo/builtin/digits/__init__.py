"""Scores of digits from a classifier's labels and features."""
