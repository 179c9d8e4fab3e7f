"""Datasets that are published as files: finding, downloading and unpacking them."""
