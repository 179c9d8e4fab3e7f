"""Speed and quality, measured: ``make bench``, or one part with ``python -m benchmarks PART``."""
