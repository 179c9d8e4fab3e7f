"""A GIF from pictures: a training as it went, or a walk between latents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from ganzoo.pictures.samples import Samples

SHADES = 32
"""Colours of a frame: with all 256 the file of a training is three times as large, and looks the
same."""
LAST = 2.0
"""Seconds that the last frame stays."""


def gif(frames: Sequence[Image], seconds: float = 0.12) -> bytes:
    """An endless GIF of frames of one size, each shown for so long."""
    reduced = [frame.convert("RGB").quantize(SHADES) for frame in frames]
    shown = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * LAST)]
    file = io.BytesIO()
    reduced[0].save(file, "gif", save_all=True, append_images=reduced[1:], duration=shown, loop=0)
    return file.getvalue()


def walked(samples: Samples) -> list[Image]:
    """A frame for each sample: its picture, or the way of the points so far."""
    point = samples.field.is_point
    if point and samples.extent is None:  # else each frame would have a scale of its own
        samples = replace(samples, extent=float(samples.tensor.abs().max()) * 1.1)
    return [samples[0 if point else i : i + 1].picture() for i in range(len(samples))]


def captioned(picture: Image, caption: str) -> Image:
    """The picture with a line of text below it."""
    from PIL import Image, ImageDraw

    height = 18
    framed = Image.new("RGB", (picture.width, picture.height + height), (48, 48, 48))
    framed.paste(picture.convert("RGB"))
    ImageDraw.Draw(framed).text((6, picture.height + 3), caption, fill=(220, 220, 220))
    return framed
