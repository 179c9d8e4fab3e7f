"""Commands for people to copy. Every word is quoted, so that a shell reads what was meant."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ganzoo.prose.visible import escaped, visible


def shell_command(*words: object, plugins: Iterable[object] = ()) -> str:
    """A ganzoo command: ``shell_command("sample", path, "--seed", 1)``.

    ``plugins`` are the files of plugins that it needs, for ``--plugin``.
    """
    files = [word for file in plugins for word in ("--plugin", file)]
    return joined(["ganzoo", *files, *words])


def joined(words: Iterable[object]) -> str:
    """Words as a line for a shell."""
    return " ".join(map(quoted, words))


def quoted(word: object) -> str:
    """A word as a shell reads it. Characters that are not visible become ``$'\\x1b'``."""
    text = str(word)
    if visible(text, keep="") == text:
        return shlex.quote(text)
    return f"$'{''.join(map(_in_quotes, text))}'"


def _in_quotes(character: str) -> str:
    if character in "'\\":
        return f"\\{character}"
    if 0x80 <= ord(character) < 0x100 and visible(character) != character:
        return f"\\u{ord(character):04x}"  # bash takes \x9b for a byte
    if visible(character, keep="") == character:
        return character
    return escaped(character)
