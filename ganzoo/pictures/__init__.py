"""Samples as pictures: tiles, plots, animations."""
