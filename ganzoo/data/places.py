"""Where data lives on this machine.

A dataset is looked for, and put, in one folder. Two variables of the environment change the habit:

==================  ==============================================================================
``GANZOO_DATA``     the folder to use instead of the user's cache folder
``GANZOO_OFFLINE``  ``1`` where nothing may be downloaded, so that no time is lost in trying
==================  ==============================================================================
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The folder that datasets are kept in. It need not exist yet."""
    chosen = os.environ.get("GANZOO_DATA")
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_cache_dir("ganzoo", appauthor=False))


def offline() -> bool:
    """Whether the user asked that nothing be downloaded."""
    return os.environ.get("GANZOO_OFFLINE", "") not in ("", "0")
