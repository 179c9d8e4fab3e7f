"""How the values of a picture become eight bits: the rule of docs/image-folder.md."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.builtin.image_decoding import Unreadable, stored_bits, to_bytes
from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.errors import BrokenFile, UsageError

PAGE = Path(__file__).parents[2] / "docs" / "image-folder.md"


def of(mode: str, *values: object, palette: Sequence[int] = ()) -> Image.Image:
    """A picture of one row."""
    image = Image.new(mode, (len(values), 1))
    if palette:
        image.putpalette(list(palette))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)  # type: ignore[arg-type]
    return image


COLOURS = (10, 20, 30, 200, 100, 50)
CASES: dict[str, tuple[Image.Image, list[list[int]]]] = {
    "1": (of("1", 0, 1), [[0, 0, 0], [255, 255, 255]]),
    "L": (of("L", 0, 7, 255), [[0, 0, 0], [7, 7, 7], [255, 255, 255]]),
    "LA": (of("LA", (7, 255), (7, 0), (55, 51)), [[7] * 3, [255] * 3, [215] * 3]),
    "La": (of("La", (7, 255), (0, 0), (11, 51)), [[7] * 3, [255] * 3, [215] * 3]),
    "P": (of("P", 1, 0, palette=COLOURS), [[200, 100, 50], [10, 20, 30]]),
    "PA": (of("PA", (1, 255), (1, 0), palette=COLOURS), [[200, 100, 50], [255] * 3]),
    "RGB": (of("RGB", (1, 2, 3)), [[1, 2, 3]]),
    "RGBA": (of("RGBA", (1, 2, 3, 255), (1, 2, 3, 0)), [[1, 2, 3], [255] * 3]),
    "RGBa": (of("RGBa", (1, 2, 3, 255), (0, 0, 0, 0)), [[1, 2, 3], [255] * 3]),
    "CMYK": (of("CMYK", (255, 0, 0, 0), (0, 0, 0, 255)), [[0, 255, 255], [0, 0, 0]]),
    "YCbCr": (of("YCbCr", (90, 128, 128), (76, 85, 255)), [[90] * 3, [254, 0, 0]]),
    "LAB": (of("LAB", (255, 128, 128), (0, 128, 128)), [[255] * 3, [0] * 3]),
    "HSV": (of("HSV", (0, 255, 255), (0, 0, 9)), [[255, 0, 0], [9, 9, 9]]),
    "I;16": (of("I;16", 0xABCD, 0xFF), [[0xAB] * 3, [0] * 3]),
    "I;16B": (of("I;16B", 0xABCD, 0xFF), [[0xAB] * 3, [0] * 3]),
    "I;16L": (of("I;16L", 0xABCD, 0xFF), [[0xAB] * 3, [0] * 3]),
}
"""A picture of each mode, and its pixels in RGB."""
REFUSED = {"I": of("I", 7), "F": of("F", 0.5)}


def converted(image: Image.Image, channels: int, bits: int = 0) -> np.ndarray:
    stored = stored_bits(image)
    return np.asarray(to_bytes(image, channels, stored, bits)).astype(int)


@pytest.mark.parametrize("mode", CASES)
def test_each_mode(mode: str) -> None:
    image, expected = CASES[mode]
    assert image.mode == mode
    np.testing.assert_allclose(converted(image, 3)[0], expected, atol=1)
    grey = np.array(expected) @ (0.299, 0.587, 0.114)
    np.testing.assert_allclose(converted(image, 1)[0], grey, atol=1)


@pytest.mark.parametrize("mode", REFUSED)
@pytest.mark.parametrize("channels", [1, 3])
def test_an_unknown_range_is_refused(mode: str, channels: int) -> None:
    with pytest.raises(Unreadable, match=r"range is unknown; store them as 8 or 16 bits"):
        converted(REFUSED[mode], channels)


def test_the_page_has_these_modes() -> None:
    rows = re.findall(r"^\| (`.+?) \|", PAGE.read_text(), re.MULTILINE)
    named = {mode for row in rows for mode in re.findall("`(.+?)`", row)}
    assert named == {*CASES, *REFUSED}


# In files


def load(root: Path, **settings: int) -> np.ndarray:
    """The only picture of a folder, (C, H, W)."""
    data = ImageFolder(root=str(root), **settings).load()
    assert data.arrays is not None
    return data.arrays["image"][0]


FILES = {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "tif": ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I;16B"),
    "bmp": ("1", "L", "P", "RGB", "RGBA"),
    "gif": ("1", "L", "P", "RGB"),
    "webp": ("L", "RGB", "RGBA"),
    "jpg": ("L", "RGB", "CMYK"),
}


@pytest.mark.parametrize(
    ("ending", "mode"), [(ending, mode) for ending, modes in FILES.items() for mode in modes]
)
@pytest.mark.parametrize("channels", [1, 3])
def test_each_mode_in_each_format(tmp_path: Path, ending: str, mode: str, channels: int) -> None:
    image = CASES[mode][0].resize((8, 8), Image.Resampling.NEAREST)  # JPEG has blocks of eight
    options = {"webp": {"lossless": True}, "jpg": {"quality": 100, "subsampling": 0}}
    image.save(tmp_path / f"a.{ending}", **options.get(ending, {}))
    expected = converted(image, channels).reshape(8, 8, -1).transpose(2, 0, 1)
    found = load(tmp_path, channels=channels, bits=16).astype(int)
    tolerance = 30 if ending == "jpg" else 0  # between the columns of two colours
    if ending == "bmp" and mode == "RGBA":  # BMP has no transparency that viewers agree on
        expected = found
    np.testing.assert_allclose(found, expected, atol=tolerance)


def png(depth: int, colour: int, rows: Sequence[bytes], width: int, **chunks: bytes) -> bytes:
    """A PNG file. Pillow does not write all kinds."""

    def chunk(name: str, data: bytes) -> bytes:
        body = name.encode() + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    all_chunks = {"IHDR": header, **chunks, "IDAT": pixels, "IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in all_chunks.items())


def tiff(bits: int, data: bytes, width: int, white: int = 1, form: int = 1) -> bytes:
    """A TIFF file of one row of grey values. ``white`` is 0 if zero is white."""
    tags = {
        256: width, 257: 1, 258: bits, 259: 1, 262: white, 273: 8, 277: 1, 278: 1, 279: len(data),
        339: form,
    }  # fmt: skip
    data += b"\0" * (len(data) % 2)
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    start = struct.pack("<2sHI", b"II", 42, 8 + len(data))
    return start + data + struct.pack("<H", len(tags)) + table + bytes(4)


@pytest.mark.parametrize("channels", [0, 1, 3])
@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "expected"),
    [
        (1, 0, b"\x40", b"\0\0", [255, 255]),  # black and white, where black is transparent
        (1, 0, b"\x40", b"\0\1", [0, 255]),
        (2, 0, b"\x60", b"\0\1", [255, 170]),
        (4, 0, b"\x3c", b"\0\3", [255, 204]),
        (8, 0, b"\x03\xcc", b"\0\3", [255, 204]),
        (16, 0, b"\x03\x07\xcc\x00", b"\3\7", [255, 204]),
        (16, 0, b"\x03\x07\xcc\x00", b"\3\6", [3, 204]),
        (8, 2, b"\x03\x03\x03\xcc\xcc\xcc", b"\0\3\0\3\0\3", [255, 204]),
        (16, 2, b"\3\7\3\7\3\7\xcc\0\xcc\0\xcc\0", b"\3\7\3\7\3\7", [255, 204]),
    ],
)
def test_a_transparent_colour_is_white(
    tmp_path: Path, depth: int, colour: int, row: bytes, key: bytes, expected: list[int],
    channels: int,
) -> None:  # fmt: skip
    (tmp_path / "a.png").write_bytes(png(depth, colour, [row], 2, tRNS=key))
    if channels == 0 and (depth == 1 or (depth, colour) == (16, 0)):  # has to be converted
        with pytest.raises(UsageError, match="has the mode"):
            load(tmp_path)
        return
    found = load(tmp_path, channels=channels)
    assert found.shape[0] == (channels or (3 if colour else 1))
    assert found.tolist() == [[expected]] * len(found)


@pytest.mark.parametrize("entries", [b"\x00", b"\xff\x00", b"\x80\x00"])
def test_a_transparent_entry_of_a_palette_is_white(tmp_path: Path, entries: bytes) -> None:
    palette = bytes([100] * 3 + [50] * 3)
    (tmp_path / "a.png").write_bytes(png(8, 3, [b"\0\1"], 2, PLTE=palette, tRNS=entries))
    share = np.array([*entries, 255][:2]) / 255
    expected = (np.array([100, 50]) * share + 255 * (1 - share)).round()
    np.testing.assert_allclose(load(tmp_path, channels=1)[0, 0], expected, atol=1)


def test_a_transparent_colour_of_a_gif_is_white(tmp_path: Path) -> None:
    of("P", 0, 1, palette=COLOURS).save(tmp_path / "a.gif", transparency=1)
    assert load(tmp_path, channels=3)[:, 0].T.tolist() == [[10, 20, 30], [255, 255, 255]]


# More than eight bits

TWELVE = bytes([0xAB, 0xCF, 0xFF])
"""0xABC and 0xFFF, packed."""


def test_a_file_that_states_twelve_bits(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(12, TWELVE, 2))
    assert load(tmp_path, channels=1).tolist() == [[[0xAB, 0xFF]]]


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_values_of_fewer_bits_than_the_file_has(tmp_path: Path, bits: int, ending: str) -> None:
    values = np.array([[0, (1 << bits) // 3, (1 << bits) - 1]], np.uint16)
    Image.fromarray(values).save(tmp_path / f"a.{ending}")
    assert load(tmp_path, channels=1, bits=bits).tolist() == [[[0, 85, 255]]]
    if bits == 16:
        assert load(tmp_path, channels=1).tolist() == [[[0, 85, 255]]]
        return
    with pytest.raises(UsageError, match=rf"hold {bits}-bit .*bits={bits}\. .*right, .*bits=16"):
        load(tmp_path, channels=1)
    assert load(tmp_path, channels=1, bits=16).max() == ((1 << bits) - 1) >> 8


def test_a_file_that_states_bits_too_often(tmp_path: Path) -> None:
    once, twice = struct.pack("<HHII", 258, 4, 1, 8), struct.pack("<HHIHH", 258, 3, 2, 8, 60_000)
    content = tiff(8, b"\x07\xff", 2)
    assert once in content
    (tmp_path / "a.tif").write_bytes(content.replace(once, twice))
    assert load(tmp_path).tolist() == [[[7, 255]]]


def test_one_bright_picture_shows_that_a_folder_has_sixteen_bits(tmp_path: Path) -> None:
    for name, value in (("a", 4_095), ("b", 65_535)):
        Image.fromarray(np.full((2, 2), value, np.uint16)).save(tmp_path / f"{name}.png")
    assert (load(tmp_path, channels=1) == 15).all()


DARK = {
    "RGB": png(16, 2, [b"\x0f\xff" * 3], 1),
    "LA": png(16, 4, [b"\x0f\xff\xff\xff\x0f\xff\0\0"], 2),
    "white is zero": tiff(16, b"\xff\x0f", 1, white=0),
    "nothing above 255": png(16, 0, [b"\0\xff"], 1),
    "12 bits": tiff(12, b"\x0f\xf0", 1),
}


@pytest.mark.parametrize("case", DARK)
def test_other_pictures_that_would_be_dark(tmp_path: Path, case: str) -> None:
    (tmp_path / f"a.{'tif' if DARK[case][:2] == b'II' else 'png'}").write_bytes(DARK[case])
    with pytest.raises(UsageError, match=r"more than 8 bits, and would be dark, .* dataset\.bits="):
        load(tmp_path, channels=1)
    load(tmp_path, channels=1, bits=16)


def test_colour_cannot_have_fewer_bits(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(DARK["RGB"])
    with pytest.raises(BrokenFile, match=r"a\.png .* upper eight of its 16 bits .* with 8 bits"):
        load(tmp_path, channels=1, bits=12)


def test_a_value_that_does_not_fit_is_named(tmp_path: Path) -> None:
    Image.fromarray(np.array([[5_000]], np.uint16)).save(tmp_path / "a.png")
    with pytest.raises(BrokenFile, match=r"a\.png .* value 5,000, .* than the 12 bits of dataset"):
        load(tmp_path, channels=1, bits=12)


def test_grey_with_white_as_zero(tmp_path: Path) -> None:
    data = struct.pack("<2H", 0, 65_535)
    (tmp_path / "a.tif").write_bytes(tiff(16, data, 2, white=0))
    assert load(tmp_path, channels=1).tolist() == [[[255, 0]]]


@pytest.mark.parametrize(
    ("bits", "form", "what"),
    [
        (8, 2, "signed integers"), (16, 2, "signed integers"), (32, 2, "signed integers"),
        (32, 1, "32-bit integers"), (32, 3, "floating-point numbers"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channels", [0, 1, 3])
def test_other_numbers_are_refused(
    tmp_path: Path, bits: int, form: int, what: str, channels: int
) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(bits, bytes(bits // 4), 2, form=form))
    with pytest.raises(BrokenFile, match=rf"a\.tif cannot be read .* its values are {what}, whose"):
        load(tmp_path, channels=channels)
