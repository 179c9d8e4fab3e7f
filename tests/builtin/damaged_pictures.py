"""Small pictures of each format, and damage to them."""

from __future__ import annotations

import io
from functools import cache
from random import Random

import numpy as np
from PIL import Image

KINDS: dict[str, tuple[str, str, dict[str, object]]] = {
    "bmp": ("bmp", "RGB", {}),
    "bmp palette": ("bmp", "P", {}),
    "gif": ("gif", "P", {"transparency": 3}),
    "animated gif": ("gif", "P", {"save_all": True, "append_images": 2}),
    "jpeg": ("jpg", "RGB", {}),
    "progressive jpeg": ("jpg", "RGB", {"progressive": True}),
    "grey jpeg": ("jpg", "L", {}),
    "cmyk jpeg": ("jpg", "CMYK", {}),
    "jpeg with exif": ("jpg", "RGB", {"exif": 6}),
    "multi-picture jpeg": ("mpo", "RGB", {"save_all": True, "append_images": 1}),
    "png": ("png", "RGB", {}),
    "png with exif": ("png", "RGBA", {"exif": 5}),
    "png palette": ("png", "P", {"transparency": bytes(range(9))}),
    "png with a key": ("png", "RGB", {"transparency": (1, 2, 3)}),
    "png of 16 bits": ("png", "I;16", {}),
    "animated png": ("png", "RGB", {"save_all": True, "append_images": 2}),
    "tiff": ("tif", "RGB", {}),
    "tiff of 16 bits": ("tif", "I;16B", {}),
    "tiff with lab": ("tif", "LAB", {}),
    "zipped tiff": ("tif", "RGBA", {"compression": "tiff_adobe_deflate"}),
    "lzw tiff": ("tif", "L", {"compression": "tiff_lzw"}),
    "jpeg tiff": ("tif", "YCbCr", {"compression": "jpeg"}),
    "fax tiff": ("tif", "1", {"compression": "group4"}),
    "webp": ("webp", "RGB", {}),
    "lossless webp": ("webp", "RGBA", {"lossless": True}),
    "animated webp": ("webp", "RGB", {"save_all": True, "append_images": 2}),
}
"""Format, mode and options of Pillow."""


@cache
def picture(kind: str) -> bytes:
    """A valid file of noise, so that each byte means something."""
    form, mode, options = KINDS[kind]
    rng = np.random.default_rng([*kind.encode()])

    def noise() -> Image.Image:
        pixels = rng.integers(256, size=(24, 31, 3), dtype=np.uint8)
        if mode.startswith("I;16"):
            deep = rng.integers(1 << 16, size=(24, 31), dtype=np.uint16)
            return Image.fromarray(deep.astype(">u2" if mode == "I;16B" else "<u2"))
        if mode in ("LAB", "YCbCr"):
            return Image.frombytes(mode, (31, 24), pixels.tobytes())
        return Image.fromarray(pixels).convert(mode)

    options = dict(options)
    if "append_images" in options:
        options["append_images"] = [noise() for _ in range(int(str(options["append_images"])))]
    if "exif" in options:
        exif = Image.Exif()
        exif[0x0112] = options["exif"]
        options["exif"] = exif
    file = io.BytesIO()
    noise().save(file, {"jpg": "jpeg", "tif": "tiff"}.get(form, form), **options)
    return file.getvalue()


def damaged(whole: bytes, seed: int) -> bytes:
    """The file with one change, often in its headers."""
    rng, content = Random(seed), bytearray(whole)
    near = min(len(content), rng.choice((40, 300, len(content))))
    at = rng.randrange(near + 1) if rng.random() < 0.8 else len(content) - rng.randrange(near + 1)
    match rng.randrange(6):
        case 0:
            content[at : at + 1] = rng.randbytes(1)
        case 1:
            content[at : at + 1] = bytes(b ^ 1 << rng.randrange(8) for b in content[at : at + 1])
        case 2:
            del content[at:]
        case 3:
            del content[at : at + rng.randrange(1, 9)]
        case 4:
            content[at:at] = rng.randbytes(rng.randrange(1, 9))
        case 5:
            content[at : at + 4] = rng.choice((0, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4)
    return bytes(content)
