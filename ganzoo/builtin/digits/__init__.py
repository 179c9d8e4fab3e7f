"""Digits, judged by a classifier: what they show, how sure it is, how their features are spread."""
