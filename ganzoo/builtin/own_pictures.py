"""Reads a user's own pictures for a model that needs inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganzoo.builtin.image_decoding import Decoder, Unreadable
from ganzoo.builtin.image_files import list_pictures
from ganzoo.builtin.image_folder import no_warnings
from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import shown
from ganzoo.registry.field import Field


def own_pictures(places: Sequence[Path], field: Field) -> NDArray[np.uint8]:
    """The pictures in some files and folders, (n, C, H, W), converted as `image-folder` does it.

    They are scaled and cropped to the field's size, and get its channels. Of an animation, it reads
    the first picture.

    Raises:
        UsageError: A place does not exist, a folder has no pictures, or the field has other values
            than pictures.
        BrokenFile: A file is not a picture, or is damaged.
    """
    if not field.is_image or field.shape[0] not in (1, 3):
        raise UsageError(f"--input takes pictures, and the model needs {field.described}")
    paths: list[Path] = []
    for place in places:
        if not place.exists():
            raise UsageError(f"--input {shown(place)}: it does not exist")
        paths += list_pictures(place).paths if place.is_dir() else [place]
    channels, height, width = field.shape
    decode, found = Decoder((channels, height, width), scale=True), []
    with no_warnings():
        for path in paths:
            try:
                found.append(decode(path)[0])
            except Unreadable as error:
                raise BrokenFile(f"--input {shown(path)}: {error}") from error
    return np.stack(found)
