"""Formats prose for the terminal: paragraphs, lists, formulas and code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from ganzoo.prose.formulas import broken
from ganzoo.prose.markup import Block, Span, blocks, spans

WIDTH = 80
"""Columns if the output is not a terminal."""
STYLES = {"code": "cyan", "formula": "italic", "strong": "bold", "emphasis": "italic", "": ""}
JOINT = "\ue000"
"""Stands for a space in a formula until the lines are wrapped."""
SHORT = 30
"""Length of a formula, in characters, up to which it is never wrapped."""


def shown(text: str, width: int) -> Iterator[Text]:
    """A docstring as lines of at most ``width`` columns. Longer words stay whole."""
    before = None
    for block in blocks(text):
        if before is not None and not (before.kind == block.kind == "item"):
            yield Text()
        yield from _lines(block, width)
        before = block


def filled(text: str | Sequence[Span], width: int, indent: str = "", hang: str = "") -> list[Text]:
    """Wrap inline markup. The first line begins with ``indent``, the others with ``hang``."""
    whole = Text()
    for span in spans(text) if isinstance(text, str) else text:
        formula = span.style == "formula" and len(span.text) <= SHORT
        whole.append(span.text.replace(" ", JOINT) if formula else span.text, STYLES[span.style])
    return list(wrapped(whole, width, indent, hang))


def wrapped(whole: Text, width: int, indent: str = "", hang: str = "") -> Iterator[Text]:
    """Wrap text that has its styles already."""
    start, used = 0, 0
    lead, words = indent, list(_words(whole.plain))
    for i, (begin, end) in enumerate(words):
        if i and len(lead) + end - start > width:
            yield _line(whole, start, used, lead)
            start, lead = begin, hang
        elif not i:
            start = begin
        used = end
    if words:
        yield _line(whole, start, used, lead)


def _words(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word in text.split(" "):
        if word:
            yield at, at + len(word)
        at += len(word) + 1


def _line(whole: Text, start: int, end: int, lead: str) -> Text:
    line = whole[start:end]
    line.plain = line.plain.replace(JOINT, " ")
    return Text(lead).append_text(line)


def _lines(block: Block, width: int) -> Iterable[Text]:
    lead = "  " * block.depth
    if block.kind == "formula":
        equations = [broken(line, width - len(lead) - 4) for line in block.lines]
        return [
            Text(f"{lead}    {line}", STYLES["formula"]) for lines in equations for line in lines
        ]
    if block.kind == "code":
        return [Text(f"{lead}    {line}".rstrip(), STYLES["code"]) for line in block.lines]
    if block.kind == "table":
        return _table(block.rows, width, lead)
    if block.kind == "item":
        return filled(block.spans, width, f"{lead}- ", f"{lead}  ")
    lines = filled(block.spans, width, lead, lead)
    if block.kind == "heading":
        for line in lines:
            line.stylize("bold")
    return lines


def _table(rows: Sequence[Sequence[str]], width: int, lead: str) -> Iterator[Text]:
    """Lay out columns side by side. The first gets the width that the others leave."""
    wide = [max(map(len, column)) for column in list(zip(*rows, strict=True))[1:]]
    room = width - len(lead) - sum(wide) - 2 * len(wide)
    first = max(min(room, max((len(row[0]) for row in rows), default=0)), 12)
    for row in rows:
        head, *more = [line.plain for line in filled(row[0], first)] or [""]
        cells = "".join(f"  {cell:>{n}}" for cell, n in zip(row[1:], wide, strict=True))
        yield Text(f"{lead}{head:{first}}{cells}".rstrip(), "bold" if row is rows[0] else "")
        yield from (Text(f"{lead}  {line}") for line in more)
