"""Finds the files that other packages carry, without importing the packages."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import ganzoo


def folder_of(package: str, dataset: str, distribution: str) -> Path:
    """The folder of an installed package.

    Args:
        package: The name in an import.
        dataset: What needs it, for the message.
        distribution: The name that pip knows.

    Raises:
        NotInstalled: It is missing.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ganzoo.NotInstalled(
            f"{dataset} needs files of {distribution}, which is not installed: "
            f"pip install {distribution}"
        )
    return Path(next(iter(found.submodule_search_locations)))
