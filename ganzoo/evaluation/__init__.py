"""Scores a run's samples with metrics."""
