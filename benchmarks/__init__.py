"""What is fast, beside what: ``make bench``, or one part with ``python -m benchmarks PART``."""
