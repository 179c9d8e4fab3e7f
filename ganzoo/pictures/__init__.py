"""Samples as pictures: tiles, plots and animations."""
