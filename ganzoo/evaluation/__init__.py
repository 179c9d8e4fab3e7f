"""Scoring a run's samples by metrics."""
