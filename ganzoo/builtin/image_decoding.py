"""Decodes a picture file into eight bits for each value. Only the formats in `FORMATS` are tried.

`to_bytes` is the rule. The table in docs/image-folder.md describes it for users.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError, _imaging
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from ganzoo.errors import listed

FORMATS = {
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "JPEG": (".jpg", ".jpeg", ".jfif"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "WebP": (".webp",),
}
"""The formats that are decoded, and how their names end. The content of a file decides which format
it has. Pillow knows forty more, some of which run other programs."""
LARGEST_FILE = 1 << 31
"""Largest size in bytes of a file. Even the largest picture that Pillow accepts is smaller."""
BITS_PER_SAMPLE, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339
"""Tags of TIFF."""

logging.getLogger("PIL").addHandler(logging.NullHandler())  # its errors are in our messages
with contextlib.suppress(AttributeError, OSError):  # libtiff would print its own on stderr
    ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)


class Unreadable(Exception):
    """Why a file cannot be used as a picture, in a few words."""


class Facts(NamedTuple):
    """What is known of a picture once it is decoded."""

    low: int
    """Its smallest value, of 0 to 255, before it is scaled."""
    high: int
    """Its largest value."""
    bits: int
    """Bits of each value in the file."""
    peak: int
    """The largest value in the file, if it has more than eight bits, or else 0."""
    crc: int
    """A checksum of the decoded pixels."""


@dataclass(frozen=True)
class Header:
    """What a picture's file states before the picture is decoded."""

    size: tuple[int, int]
    """Width and height as displayed, after the rotation that EXIF states."""
    mode: str

    def __str__(self) -> str:
        return f"{self.size[0]} x {self.size[1]}"


@dataclass(frozen=True)
class Decoder:
    """Decodes pictures to one shape."""

    shape: tuple[int, int, int]
    """(C, H, W)."""
    scale: bool
    """Whether other sizes are scaled and cropped."""
    bits: int = 0
    """Bits of grey values that are stored with 16. 0 stands for what the file states."""

    def __call__(self, path: Path) -> tuple[NDArray[np.uint8], Facts]:
        """One picture, (C, H, W), and its facts.

        Raises:
            Unreadable: It cannot be decoded, or has another size.
        """
        channels, height, width = self.shape
        with opened(path) as image:
            stored = stored_bits(image)
            if self.scale:
                # Decoding a JPEG at a half, a quarter or an eighth of its size is far faster.
                image.draft(None, (2 * width, 2 * height))
            if "exif" in image.info:
                ImageOps.exif_transpose(image, in_place=True)
            peak = peak_of(image, stored)
            picture = to_bytes(image, channels, stored, self.bits)
            extrema = np.array(picture.getextrema())
            if self.scale:
                picture = ImageOps.fit(picture, (width, height), Image.Resampling.BICUBIC)
            if picture.size != (width, height):
                raise Unreadable(
                    f"it is {picture.width} x {picture.height} pixels, not {width} x {height}"
                )
            pixels = np.array(picture)  # (H, W) or (H, W, C)
        low, high = int(extrema.min()), int(extrema.max())
        facts = Facts(low, high, stored, peak, zlib.crc32(pixels.data))
        return (pixels[np.newaxis] if channels == 1 else pixels.transpose(2, 0, 1)), facts


def to_bytes(image: Image.Image, channels: int, stored: int, bits: int = 0) -> Image.Image:
    """The picture with one or three channels of eight bits, on white where it is transparent.

    Args:
        image: A picture of any mode.
        channels: 1 for grey, 3 for colour.
        stored: Bits for each value in its file, see `stored_bits`.
        bits: Bits of grey values that are stored with more than 8. 0: ``stored``.

    Raises:
        Unreadable: The range of its values is unknown, or ``bits`` does not fit it.
    """
    mode = "L" if channels == 1 else "RGB"
    if is_deep_grey(image):
        image = upper_eight(image, min(stored, bits or stored))
    elif bits and bits < stored:
        raise Unreadable(
            f"only the upper eight of its {stored} bits can be read, because it is not plain grey, "
            f"so dataset.bits={bits} does not fit it; store it with 8 bits"
        )
    elif image.has_transparency_data:
        image = on_white(image, stored)
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def is_deep_grey(image: Image.Image) -> bool:
    """Whether it has one channel of 12 or 16 bits. Older versions of Pillow call a PNG's mode I.

    Raises:
        Unreadable: The range of its values is unknown.
    """
    kinds = image.tag_v2.get(SAMPLE_FORMAT, ()) if isinstance(image, TiffImageFile) else ()
    deep = image.mode.startswith("I;16") or (image.mode == "I" and isinstance(image, PngImageFile))
    what = ""
    if image.mode == "F" or 3 in kinds:
        what = "floating-point numbers"
    elif 2 in kinds:
        what = "signed integers"
    elif image.mode == "I" and not deep:
        what = "32-bit integers"
    if what:
        raise Unreadable(
            f"its values are {what}, whose range is unknown; store them as 8 or 16 bits without "
            "a sign"
        )
    return deep


def upper_eight(image: Image.Image, bits: int) -> Image.Image:
    """The upper eight of ``bits`` bits. A transparent value becomes white."""
    values = np.asarray(image)
    if (largest := int(values.max())) >= 1 << bits:
        raise Unreadable(
            f"it has the value {largest:,}, which needs more than the {bits} bits of dataset.bits"
        )
    pixels = (values >> (bits - 8)).astype(np.uint8)
    if isinstance(image, TiffImageFile) and image.tag_v2.get(PHOTOMETRIC) == 0:
        pixels = 255 - pixels  # zero is white; Pillow inverts only eight bits
    if isinstance(key := image.info.get("transparency"), int):
        pixels[values == key] = 255
    return Image.fromarray(pixels)


def peak_of(image: Image.Image, stored: int) -> int:
    """The largest value of a picture with more than eight bits. Of colour, it knows only eight."""
    if stored <= 8:
        return 0
    if is_deep_grey(image):
        return int(np.asarray(image).max())
    colours = [band for band in image.getbands() if band != "A"]
    highest = max(int(np.max(image.getchannel(band).getextrema())) for band in colours)
    return ((highest + 1) << (stored - 8)) - 1


def on_white(image: Image.Image, stored: int) -> Image.Image:
    """The picture on a white ground, RGBA. Applies transparent colours, palettes and channels."""
    key = image.info.get("transparency")
    if image.mode in ("L", "RGB") and isinstance(key, int | tuple):
        # The colour has the file's bits, as values from 0 to 255 the pixels have eight.
        eight = [_to_eight(int(value), stored) for value in np.atleast_1d(key)]
        image.info["transparency"] = eight[0] if image.mode == "L" else tuple(eight)
    if image.mode == "La":
        image = image.convert("LA")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)


def _to_eight(value: int, stored: int) -> int:
    if stored > 8:
        return (value >> (stored - 8)) & 255
    return (value & ((1 << stored) - 1)) * 255 // ((1 << stored) - 1)


def stored_bits(image: Image.Image) -> int:
    """Bits for each value in the file of a picture that is not decoded yet."""
    if isinstance(image, TiffImageFile):
        return int(image.tag_v2.get(BITS_PER_SAMPLE, (1,))[0])  # a damaged file can have too many
    if isinstance(image, PngImageFile):
        raw = str(image.tile[0][3])  # such as L;4 or RGB;16B
        return int(raw.partition(";")[2].rstrip("B") or (1 if raw == "1" else 8))
    return 16 if image.mode.startswith("I;16") else 8


def read_header(path: Path) -> Header:
    """Size and mode of a picture, without decoding it.

    Raises:
        Unreadable: It is not a picture, or the range of its values is unknown.
    """
    with opened(path) as image:
        is_deep_grey(image)
        width, height = image.size
        turned = "exif" in image.info and image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
        return Header((height, width) if turned else (width, height), image.mode)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """An open picture. Any error of Pillow becomes `Unreadable`."""
    try:
        check_file(os.stat(path))
        with Image.open(path, formats=list(FORMATS)) as image:
            yield image
    except Unreadable:
        raise
    except UnidentifiedImageError as error:
        known = listed(list(FORMATS)).replace(" and ", " or ")
        raise Unreadable(f"its content is not {known}, or is damaged") from error
    except MemoryError as error:
        raise Unreadable("there is not enough memory to decode it") from error
    except Exception as error:  # decoders raise many kinds of errors for a damaged file
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreadable(" ".join(reason.split())[:200].rstrip(".")) from error


def check_file(found: os.stat_result) -> None:
    """Check, before it is opened, that this is a regular file. Opening a pipe can wait forever.

    Raises:
        Unreadable: It is something else, or has an impossible size.
    """
    names = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    if not stat.S_ISREG(found.st_mode):
        kind = names.get(stat.S_IFMT(found.st_mode), "a device")
        raise Unreadable(f"it is {kind}, not a file")
    if found.st_size == 0:
        raise Unreadable("it is empty")
    if found.st_size > LARGEST_FILE:
        raise Unreadable(f"it has {found.st_size:,} bytes, more than any picture")
