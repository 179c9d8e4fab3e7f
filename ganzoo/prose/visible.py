"""Text for a terminal: characters that it would obey or hide are shown, ESC as ``\\x1b``."""

from __future__ import annotations

import logging
import re
import unicodedata

NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
"""Control characters that have shorter names."""
OURS = "\n\t"
"""Control characters that lay out ganzoo's own text."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control characters, invisible characters (also those that change the
direction of writing), lone surrogates, and separators of lines and paragraphs."""
MADE_OF_BYTES = range(0xDC80, 0xDD00)
"""Python reads a byte of a file's name that is not UTF-8 as one of these surrogates."""
LONG_WORD = 300
"""Characters from which a word is shortened in a message. Paths have fewer."""
LONG_TEXT = 6_000
"""Characters from which a whole message is."""


def visible(text: str, keep: str = OURS) -> str:
    """The text with all hidden characters escaped except those in ``keep``."""
    if text.isprintable():
        return text
    return "".join(escaped(c) if is_hidden(c) and c not in keep else c for c in text)


def is_hidden(character: str) -> bool:
    """Whether a terminal obeys a character, or shows nothing for it."""
    return unicodedata.category(character) in HIDDEN


def escaped(character: str) -> str:
    """``\\x1b``, ``\\n``, ``\\u202e``, or ``\\xff`` for a byte that is not UTF-8."""
    if character in NAMED:
        return NAMED[character]
    number = ord(character)
    if number in MADE_OF_BYTES:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def hanging(text: str) -> str:
    """The text with all lines but the first indented, so that none looks like another message.

    Lines that are indented already stay as they are.
    """
    return re.sub(r"\n(?=\S)", "\n  ", text)


def shortened(text: str) -> str:
    """The text without the middle of words that are too long to read, or of a text that is."""
    text = re.sub(rf"[^\s;'\"]{{{LONG_WORD},}}", lambda word: _ends(word[0], LONG_WORD // 4), text)
    return _ends(text, LONG_TEXT // 3) if len(text) > LONG_TEXT else text


def _ends(text: str, each: int) -> str:
    return f"{text[:each]}...({len(text):,} characters)...{text[-each:]}"


def _escape(record: logging.LogRecord) -> bool:
    record.msg, record.args = visible(record.getMessage()), ()
    return True


logging.getLogger("ganzoo").addFilter(_escape)  # whoever shows the log
