"""What plugins give, and how it is found by name."""
