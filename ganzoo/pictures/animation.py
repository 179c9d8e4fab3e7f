"""Animated GIFs of a training or of an interpolation between latents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ganzoo.pictures.plane import lettering

if TYPE_CHECKING:
    from PIL.Image import Image

    from ganzoo.pictures.samples import Samples

SIDE = 256
"""Smallest side of a frame in pixels."""
GREYS, COLOURS = 32, 128
"""Number of shades of a frame. With all 256 the file is up to three times as large and looks the
same."""
LAST = 2.0
"""Duration of the last frame in seconds."""
CAPTION = 26
"""Height of a line of text in pixels."""


def gif(frames: Sequence[Image], seconds: float = 0.12) -> bytes:
    """An endlessly repeating GIF of frames of one size. ``seconds`` is the duration of each."""
    reduced = [_reduced(frame) for frame in frames]
    shown = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * LAST)]
    file = io.BytesIO()
    reduced[0].save(file, "gif", save_all=True, append_images=reduced[1:], duration=shown, loop=0)
    return file.getvalue()


def enlarged(picture: Image) -> Image:
    """The picture enlarged to at least `SIDE`. Each pixel becomes a square of pixels."""
    factor = -(-SIDE // min(picture.size))
    return picture.resize((picture.width * factor, picture.height * factor), 0)  # 0: nearest


def interpolated(samples: Samples) -> list[Image]:
    """A frame for each sample. It shows a picture, or all points so far."""
    point = samples.field.is_point
    if point and samples.extent is None:  # otherwise each frame has its own scale
        samples = replace(samples, extent=float(samples.tensor.abs().max()) * 1.1)
    parts = (samples[0 if point else i : i + 1] for i in range(len(samples)))
    return [enlarged(part.picture()) for part in parts]


def captioned(
    picture: Image, caption: str, marks: Sequence[tuple[str, str]] = (), *, light: bool = False
) -> Image:
    """The picture with a caption below it. ``marks`` are words, each with the colour of its dot."""
    from PIL import Image, ImageDraw

    paper, ink = ("#ffffff", "#000000") if light else ("#000000", "#ffffff")
    framed = Image.new("RGB", (picture.width, picture.height + CAPTION), paper)
    framed.paste(picture.convert("RGB"))
    draw, font = ImageDraw.Draw(framed), lettering(15)
    middle = picture.height + CAPTION / 2 - 1
    draw.text((8, middle), caption, ink, font, anchor="lm")
    right, small = float(picture.width - 8), lettering(12)
    for colour, word in reversed(marks):
        right -= draw.textlength(word, small)
        draw.text((right, middle), word, ink, small, anchor="lm")
        draw.ellipse((right - 13, middle - 4, right - 5, middle + 4), colour)
        right -= 25
    return framed


def _reduced(frame: Image) -> Image:
    from PIL.Image import Dither, Quantize

    colours = frame.convert("RGB")
    red, green, blue = (band.tobytes() for band in colours.split())
    if red == green == blue:
        return colours.quantize(GREYS)
    # unlike the usual method it keeps colours that few pixels have, such as those of points
    return colours.quantize(COLOURS, Quantize.MAXCOVERAGE, dither=Dither.NONE)
