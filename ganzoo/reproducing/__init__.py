"""A paper's experiment done again: its protocol, its numbers, ours, and every difference.

An experiment is a TOML file (`experiment.py` says what is in one); those that come with ganzoo lie
beside this file. Its systems are trained once for each seed by the ordinary command, so that every
run can be looked at like any other; then their samples are scored, and ours stand beside theirs.
"""
