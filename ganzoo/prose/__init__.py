"""Shows docstrings to people, without the markup of reStructuredText and LaTeX."""
