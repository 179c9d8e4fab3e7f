"""Many runs in one folder: their processes, and what is known of them together."""
