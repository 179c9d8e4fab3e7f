"""The IDX reader: what it reads, and what it refuses."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from ganzoo.data.idx import read_idx
from ganzoo.errors import BrokenFile

VALUES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
GOOD = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 3, 4) + VALUES.tobytes()


@pytest.mark.parametrize("content", [GOOD, gzip.compress(GOOD)], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", ["digits", "digits.gz"])
def test_what_was_written_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    values = read_idx(path)
    assert values.dtype == np.uint8
    assert values.flags.writeable  # torch warns of arrays that are not
    np.testing.assert_array_equal(values, VALUES)


def header(*dimensions: int, kind: int = 8) -> bytes:
    return bytes([0, 0, kind, len(dimensions)]) + struct.pack(f">{len(dimensions)}I", *dimensions)


BROKEN = {
    "empty": (b"", "not an IDX file: it starts with b''"),
    "foreign": (b"<html>login</html>", "not an IDX file: it starts with b'<htm'"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "not an IDX file"),
    "floats": (header(6, kind=0x0D) + bytes(24), "type 0x0d; expected 0x08"),
    "within the header": (GOOD[:9], "truncated: its header has 16 bytes, and the file has 9"),
    "truncated": (GOOD[:-1], r"is truncated: its header says 2 x 3 x 4 = 24 bytes, but 23 follow"),
    "header alone": (GOOD[:16], "is truncated"),
    "trailing": (GOOD + b"!", "has trailing bytes: .* 24 bytes, but 25 follow"),
    "zero": (header(2, 0, 4), r"impossible dimensions: its header says \(2, 0, 4\)"),
    "negative": (header(0xFFFFFFFF, 28, 28), "impossible dimensions"),
    "no dimensions": (header() + b"x", "impossible dimensions"),
    "huge": (header(2**31 - 1, 2**31 - 1, 2**31 - 1) + bytes(10), "is truncated"),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused(tmp_path: Path, case: str, pack: type[bytes]) -> None:
    content, message = BROKEN[case]
    path = tmp_path / "digits"
    path.write_bytes(pack(content))
    with pytest.raises(BrokenFile, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)


def damaged_gzip() -> dict[str, bytes]:
    packed = gzip.compress(bytes(GOOD) * 50)
    flipped = bytearray(packed)
    flipped[-6] ^= 0xFF  # in the checksum
    garbled = packed[:10] + b"\xff" * 40
    return {"cut": packed[:-12], "sum": bytes(flipped), "garbled": garbled, "magic": b"\x1f\x8b"}


@pytest.mark.parametrize("case", damaged_gzip())
def test_a_damaged_archive_is_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "digits.gz"
    path.write_bytes(damaged_gzip()[case])
    with pytest.raises(BrokenFile, match="cannot be read"):
        read_idx(path)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="cannot be read: No such file"):
        read_idx(tmp_path / "absent")
    with pytest.raises(BrokenFile, match="cannot be read: Is a directory"):
        read_idx(tmp_path)
