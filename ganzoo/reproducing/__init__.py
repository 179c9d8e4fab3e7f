"""Repeats a paper's experiment: its protocol, its results, our results, and every difference.

An experiment is a TOML file, which `experiment.py` describes. The folder ``experiments`` has those
that come with ganzoo. The ordinary command trains each system once for each seed, so these runs are
like any others. Then their samples are scored, and a page compares our scores with the paper's.
"""
