"""Datasets published as files: finding, fetching and unpacking them."""
