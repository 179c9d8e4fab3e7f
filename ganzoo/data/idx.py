r"""The IDX format, in which MNIST is published.

A file is one array. Its header describes the array with big-endian integers:

======  =====================  ==================================================
bytes   content                in MNIST's images
======  =====================  ==================================================
0, 1    zero
2       type of the values     ``0x08``, unsigned bytes
3       number of dimensions   3
4-      the dimensions, four   60000, 28, 28
        bytes each
then    the values, the last   :math:`60000 \cdot 28 \cdot 28` bytes
        dimension the fastest
======  =====================  ==================================================

The header of a truncated file is intact. So its length must be compared with the header, or
training would use digits that are not in the file.

Source: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ganzoo.errors import BrokenFile

UNSIGNED_BYTES = 0x08
GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read the array of unsigned bytes in an IDX file, plain or compressed with gzip.

    Raises:
        BrokenFile: The file cannot be read, is not an IDX file of bytes, or does not have the
            length that its header states.
    """
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
            if not packed:
                shape = _shape(file, path)
                values = np.fromfile(file, np.uint8)
            else:
                with gzip.open(file) as unpacked:
                    shape = _shape(unpacked, path)
                    values = np.frombuffer(bytearray(unpacked.read()), np.uint8)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise BrokenFile(f"{path} cannot be read: {reason}") from error

    expected = math.prod(shape)
    if len(values) != expected:
        what = "is truncated" if len(values) < expected else "has trailing bytes"
        dimensions = " x ".join(map(str, shape))
        raise BrokenFile(
            f"{path} {what}: its header says {dimensions} = {expected:,} bytes, but "
            f"{len(values):,} follow"
        )
    return values.reshape(shape)


def _shape(file: BinaryIO | gzip.GzipFile, path: Path) -> tuple[int, ...]:
    """Read the header, up to the first value."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise BrokenFile(
            f"{path} is not an IDX file: it starts with {magic!r}. Expected two zero "
            "bytes, a type and a number of dimensions"
        )
    kind, dimensions = magic[2], magic[3]
    if kind != UNSIGNED_BYTES:
        raise BrokenFile(
            f"{path} has values of type 0x{kind:02x}; expected 0x{UNSIGNED_BYTES:02x} "
            "(unsigned bytes)"
        )
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise BrokenFile(
            f"{path} is truncated: its header has {4 + 4 * dimensions} bytes, and the file has "
            f"{len(magic + header)}"
        )
    shape = tuple(int(n) for n in np.frombuffer(header, ">u4"))
    if not shape or not all(0 < n < 2**31 for n in shape):
        raise BrokenFile(f"{path} has impossible dimensions: its header says {shape}")
    return shape
