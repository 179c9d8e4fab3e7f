"""Damaged pictures of each format: a picture, or one clear error."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.errors import BrokenFile, UsageError

RNG = np.random.default_rng(18)
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


def picture(kind: str) -> bytes:
    """A valid file of noise, so that each byte means something."""
    form, mode, options = KINDS[kind]

    def noise() -> Image.Image:
        pixels = RNG.integers(256, size=(24, 31, 3), dtype=np.uint8)
        if mode.startswith("I;16"):
            deep = RNG.integers(1 << 16, size=(24, 31), dtype=np.uint16)
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


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """The file with a few changes, mostly in its headers."""
    content = bytearray(whole)
    for _ in range(rng.integers(1, 4)):
        near = int(rng.choice([len(content), min(len(content), 300), min(len(content), 40)]))
        at = int(rng.integers(near)) if rng.random() < 0.8 else -int(rng.integers(1, near + 1))
        match rng.integers(6):
            case 0:
                content[at] = int(rng.integers(256))
            case 1:
                content[at] ^= 1 << int(rng.integers(8))
            case 2:
                del content[at:]
            case 3:
                del content[at : at + int(rng.integers(1, 9))]
            case 4:
                content[at:at] = rng.bytes(int(rng.integers(1, 9)))
            case 5:
                value = int(rng.choice([0, 0x7FFFFFFF, 0xFFFFFFFF]))
                content[at : at + 4] = value.to_bytes(4)
        if not content:
            break
    return bytes(content)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail where it takes longer."""

    def late(*_: object) -> None:
        raise AssertionError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(path: Path, channels: int) -> None:
    """It is a picture, or refused in words."""
    dataset = ImageFolder(root=str(path.parent), size=16, channels=channels)
    try:
        with within(20):
            fields, data = dataset.fields(), dataset.load()
    except (BrokenFile, UsageError) as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("image-folder: ")
        assert lines[0].isprintable()
        assert len(lines[0]) < 500 + len(str(path))
        assert "object at 0x" not in lines[0]
    else:
        assert data.fields == fields
        assert data.arrays is not None
        assert data.arrays["image"].shape == (1, channels, 16, 16)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no alarm")
@pytest.mark.parametrize("kind", KINDS)
def test_damage(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng([18, *kind.encode()])
    ending = KINDS[kind][0].replace("mpo", "jpg")
    whole = picture(kind)
    path = tmp_path / f"a.{ending}"
    path.write_bytes(whole)
    check(path, 3)
    for _ in range(400):
        path.write_bytes(damaged(whole, rng))
        check(path, int(rng.choice([1, 3])))
    assert capfd.readouterr() == ("", "")  # libtiff, too, is silent
