"""A run's folder: its files, written atomically and read back."""
