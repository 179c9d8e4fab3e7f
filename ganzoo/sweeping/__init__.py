"""Many runs in one folder: their common record, processes and progress."""
