"""A run's folder: what is in it, written atomically, read back."""
