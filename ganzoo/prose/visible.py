"""Shows the characters of a text that a terminal would obey or hide, such as ESC, as ``\\x1b``."""

from __future__ import annotations

import unicodedata

OURS = "\n\t"
"""Control characters that lay out ganzoo's own text."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control characters, invisible characters (also those that change the
direction of writing), lone surrogates, and separators of lines and paragraphs."""
MADE_OF_BYTES = range(0xDC80, 0xDD00)
"""Python reads a byte of a file's name that is not UTF-8 as one of these surrogates."""


def visible(text: str, keep: str = OURS) -> str:
    """The text with all hidden characters escaped except those in ``keep``."""
    if text.isprintable():
        return text
    return "".join(escaped(c) if is_hidden(c) and c not in keep else c for c in text)


def is_hidden(character: str) -> bool:
    """Whether a terminal obeys a character, or shows nothing for it."""
    return unicodedata.category(character) in HIDDEN


def escaped(character: str) -> str:
    """``\\x1b``, ``\\u202e``, or ``\\xff`` for a byte that is not UTF-8."""
    number = ord(character)
    if number in MADE_OF_BYTES:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
