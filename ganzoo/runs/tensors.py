"""Tensors and JSON values in one safetensors file, with a checksum that detects damage.

Nothing here unpickles, so opening a file never runs code from it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ganzoo.errors import BrokenFile
from ganzoo.files import open_file, shown, unreadable, write_whole

HEADER = "ganzoo"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], plain: Mapping[str, Any]) -> None:
    """Write tensors and JSON values atomically.

    Raises:
        GanzooError: The file cannot be written.
    """
    ready = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    seen: set[int] = set()
    for name, tensor in ready.items():  # the format allows one name for each memory
        if tensor.data_ptr() in seen:
            ready[name] = tensor.clone()
        seen.add(tensor.data_ptr())
    plain = dict(plain)
    header = json.dumps({"plain": plain, "crc32": _sum(ready, plain)})
    write_whole(path, save(ready, {HEADER: header}))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read the tensors and the JSON values of a file.

    Raises:
        BrokenFile: The file is missing, truncated, damaged, a pickle, or not ganzoo's.
    """
    name = shown(path)
    try:
        with open_file(path) as file:
            start = file.read(9)
        if start[8:] != b"{" and start.startswith((b"PK\x03\x04", b"\x80")):
            raise BrokenFile(
                f"{name} is a pickle, which could run code when read. ganzoo reads only safetensors"
            )
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise BrokenFile(f"{name} does not exist") from error
    except OSError as error:
        raise unreadable(path, error) from error
    except SafetensorError as error:
        raise BrokenFile(f"{name} is truncated or not a safetensors file ({error})") from error
    expected, plain = _header(metadata, name)
    if expected != _sum(tensors, plain):
        raise BrokenFile(f"{name} is damaged: its content does not match its sum")
    return tensors, plain


def read_plain(path: Path) -> dict[str, Any]:
    """Read only the JSON values of a file, which is fast. Damage of the tensors is not noticed.

    Raises:
        BrokenFile: The file is missing, damaged, or not ganzoo's.
    """
    try:
        open_file(path).close()  # it is a regular file
        with safe_open(path, framework="pt") as file:
            return _header(file.metadata() or {}, shown(path))[1]
    except OSError as error:
        raise unreadable(path, error) from error
    except SafetensorError as error:
        raise BrokenFile(f"{shown(path)} is not a safetensors file ({error})") from error


def _header(metadata: Mapping[str, str], name: Path) -> tuple[Any, dict[str, Any]]:
    """The sum and the JSON values."""
    if HEADER not in metadata:
        raise BrokenFile(f"{name} is a safetensors file, but not one that ganzoo wrote")
    try:
        header = json.loads(metadata[HEADER])
        expected, plain = header["crc32"], header["plain"]
        if not isinstance(plain, dict):
            raise TypeError("it has no values")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenFile(f"{name} has a damaged header ({error})") from error
    return expected, plain


def _sum(tensors: Mapping[str, Tensor], plain: Mapping[str, Any]) -> int:
    total = zlib.crc32(json.dumps(plain).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), total)
        flat = tensor.reshape(-1)
        if flat.numel():
            total = zlib.crc32(flat.view(torch.uint8).numpy().data, total)
    return total
