"""What a damaged or hostile file may have in place of a value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

POISONS: dict[str, str] = {
    "too large": "1e400", "negative": "-1", "below zero": "-1e400", "no number": "NaN",
    "infinite": "Infinity", "half": "0.5", "64 bits": str(2**64), "digits": "9" * 5_000,
    "many digits": "9" * 4_000, "null": "null", "true": "true", "text": '"x"', "empty": '""',
    "superscript": '"\\u00b2"', "surrogate": '"\\ud800"', "second half": '"a\\udc00"',
    "control": '"\\u001b[31m\\u0000"', "list": "[]", "object": "{}", "lists": "[[[1]]]",
    "long list": "[" + "1," * 999 + "1]", "strings": '["x", null]', "deep": "[" * 100_000,
    "rather deep": "[" * 190 + "]" * 190, "deep objects": '{"a":' * 190 + "1" + "}" * 190,
    "cut": "", "comma": "1,", "two": "1 2", "raw bytes": '"\x01"', "date": '"2026-13-45"',
}  # fmt: skip
"""A name -> JSON, or something like it."""
MARK = "a place that a poison takes"


def poisoned(value: Any) -> Iterator[tuple[str, bytes]]:
    """A description and the content of each JSON file in which one value is another."""
    for place, whole in marked(value):
        text = json.dumps(whole)
        for name, poison in POISONS.items():
            yield f"{place or 'all'} is {name}", text.replace(json.dumps(MARK), poison).encode()


def marked(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Copies with a mark in place of one value, or without it."""
    yield place, MARK
    if isinstance(value, dict):
        for key in value:
            for where, inner in marked(value[key], f"{place}.{key}"):
                yield where, {**value, key: inner}
            yield f"no {place}.{key}", {k: v for k, v in value.items() if k != key}
        yield f"{place} has more", {**value, "more": MARK}
    if isinstance(value, list):
        for i in range(len(value)):
            for where, inner in marked(value[i], f"{place}.{i}"):
                yield where, [*value[:i], inner, *value[i + 1 :]]
        yield f"{place} is longer", [*value, MARK]


def garbled(content: bytes) -> Iterator[tuple[str, bytes]]:
    """A description and the content of a file that is cut, empty, doubled or not text."""
    yield "empty", b""
    yield "twice", content * 2
    yield "zeros", bytes(len(content))
    yield "other bytes", content[:10] + b"\xff\xfe\xed\xa0\x80" + content[10:]
    yield "a mark of byte order", b"\xef\xbb\xbf" + content
    yield "16 bits", content.decode().encode("utf-16")
    yield from ((f"cut at {at}", content[:at]) for at in range(1, len(content), len(content) // 20))
    for at in range(0, len(content), max(1, len(content) // 50)):
        for bit in (0, 4, 7):
            changed = bytearray(content)
            changed[at] ^= 1 << bit
            yield f"bit {bit} of {at}", bytes(changed)
