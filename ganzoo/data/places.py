"""The data folder, where ganzoo looks for datasets and stores them.

Two environment variables change this:

==================  ==============================================================================
``GANZOO_DATA``     the folder to use instead of the user's cache folder
``GANZOO_OFFLINE``  ``1`` forbids downloads, which saves the time of trying
==================  ==============================================================================
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The folder of the datasets. It may not exist yet."""
    chosen = os.environ.get("GANZOO_DATA")
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_cache_dir("ganzoo", appauthor=False))


def offline() -> bool:
    """Whether ``GANZOO_OFFLINE`` forbids downloads."""
    return os.environ.get("GANZOO_OFFLINE", "") not in ("", "0")
