"""Parses a docstring's reStructuredText into blocks of styled spans.

It reads what docstrings here use: paragraphs, lists, tables, code, formulas and emphasis. Plugins
bring texts of their own, so it refuses nothing: what it does not know stays text. Doctests are left
out. They are there for tests, and the formula above them says the same to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

from ganzoo.prose.formulas import displayed, inline

SPAN = re.compile(
    r":math:`(?P<formula>[^`]+)`"
    r"|(?::[\w:+.-]+:)`~?(?P<role>[^`]+)`"
    r"|``(?P<code>.+?)``(?!`)"
    r"|`(?P<link>[^`<]+?)\s*<(?P<address>[^`>]+)>`__?"
    r"|`(?P<reference>[^`]+)`_{0,2}"
    r"|\*\*(?P<strong>[^*\s](?:.*?[^*\s])?)\*\*"
    r"|(?<![\w*])\*(?P<emphasis>[^*\s](?:[^*]*?[^*\s])?)\*(?![\w*])"
    r"|\\(?P<escaped>.)",
    re.DOTALL,
)
RULE = re.compile(r"=+(?: +=+)+")
UNDERLINE = re.compile(r"([=\-~^\"'#*+])\1{2,}")
ITEM = re.compile(r"(?:[-*+•]|\d+[.)]) +(?=\S)")
DIRECTIVE = re.compile(r"\.\. +(?:([\w-]+)::)? *(.*)")
CODE = {"code", "code-block", "sourcecode"}

Style = Literal["", "formula", "code", "strong", "emphasis"]


@dataclass(frozen=True)
class Span:
    """A stretch of text in one style, in one line, without any markup."""

    text: str
    style: Style = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, item, table or another block of a text."""

    kind: Literal["paragraph", "heading", "item", "formula", "code", "table"]
    spans: tuple[Span, ...] = ()
    """The spans of a paragraph, a heading or an item."""
    lines: tuple[str, ...] = ()
    """The lines of code, or the equations of a formula."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The rows of a table. The first is its head."""
    depth: int = 0
    """The number of lists around it."""


def spans(text: str) -> tuple[Span, ...]:
    """Text in one line, such as a summary or a setting's meaning, without its markup."""
    text = " ".join(text.split())
    found, at = [], 0
    for match in SPAN.finditer(text):
        found += [Span(text[at : match.start()]), _span(match)]
        at = match.end()
    found.append(Span(text[at:]))
    return tuple(span for span in found if span.text)


def readable(text: str) -> str:
    """The text without its styles."""
    return "".join(span.text for span in spans(text))


def _span(match: re.Match[str]) -> Span:
    kind, text = next((kind, text) for kind, text in match.groupdict().items() if text)
    if kind == "formula":
        return Span(inline(text), "formula")
    if kind == "link":
        return Span(f"{text} ({match['address']})")
    if kind in ("strong", "emphasis"):
        return Span(readable(text), kind)  # type: ignore[arg-type]
    return Span(text, "" if kind == "escaped" else "code")


def blocks(text: str) -> list[Block]:
    """A whole docstring, its first line included, from which no line is indented."""
    return list(_blocks(text.expandtabs().strip("\n").splitlines(), 0))


def _blocks(lines: list[str], depth: int) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        if not line:
            at += 1
        elif line.startswith("```"):
            end = next(
                (i for i, each in enumerate(lines) if i > at and each[:3] == "```"), len(lines)
            )
            yield Block("code", lines=tuple(lines[at + 1 : end]), depth=depth)
            at = end + 1
        elif line.startswith(">>>"):
            at = _paragraph_end(lines, at)
        elif RULE.fullmatch(line):
            end = _paragraph_end(lines, at)
            yield Block("table", rows=tuple(_rows(lines[at:end])), depth=depth)
            at = end
        elif directive := DIRECTIVE.fullmatch(line):
            end = _indented_end(lines, at + 1)
            yield from _directive(directive[1], directive[2], lines[at + 1 : end], depth)
            at = end
        elif item := ITEM.match(line):
            end = _indented_end(lines, at + 1)
            inside = (re.sub(f"^ {{0,{item.end()}}}", "", each) for each in lines[at + 1 : end])
            inner = list(_blocks([line[item.end() :], *inside], depth + 1))
            begins = bool(inner) and inner[0].kind == "paragraph"
            yield Block("item", spans=inner[0].spans if begins else (), depth=depth)
            yield from inner[begins:]
            at = end
        elif line.startswith(" ") and dedent(line):  # a quotation
            end = _indented_end(lines, at)
            yield from _blocks(_dedented(lines[at:end]), depth)
            at = end
        elif at + 1 < len(lines) and UNDERLINE.fullmatch(lines[at + 1].rstrip()):
            yield Block("heading", spans=spans(line), depth=depth)
            at += 2
        else:
            end = _text_end(lines, at)
            text = " ".join(lines[at:end])
            if text.rstrip().endswith("::"):
                after = _indented_end(lines, end)
                text, code = text.rstrip().removesuffix("::").rstrip(), _dedented(lines[end:after])
            else:
                after, code = end, []
            if text:
                yield Block("paragraph", spans=spans(text + ":" * bool(code)), depth=depth)
            if code:
                yield Block("code", lines=tuple(code), depth=depth)
            at = after


def _directive(name: str | None, text: str, body: list[str], depth: int) -> Iterator[Block]:
    if name is None:  # a comment
        return
    body = [line for line in _dedented(body) if not re.match(r":[\w-]+:", line)]  # no options
    if name == "math":
        yield Block("formula", lines=tuple(displayed("\n".join([text, *body]))), depth=depth)
    elif name in CODE:
        yield Block("code", lines=tuple(body), depth=depth)
    else:
        yield from _blocks([text, *body], depth)


def _rows(lines: list[str]) -> Iterator[tuple[str, ...]]:
    """The rows of a simple table, whose rules mark the columns."""
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    ends = [*starts[1:], None]
    for line in lines:
        if not RULE.fullmatch(line.rstrip()):
            columns = zip(starts, ends, strict=True)
            yield tuple(readable(line[start:end].strip()) for start, end in columns)


def _paragraph_end(lines: list[str], at: int) -> int:
    return next((i for i in range(at, len(lines)) if not lines[i].strip()), len(lines))


def _text_end(lines: list[str], at: int) -> int:
    """Where a paragraph ends, at an empty line or at the start of a list."""
    end = _paragraph_end(lines, at)
    return next((i for i in range(at + 1, end) if re.match(r"[-*] +\S", lines[i])), end)


def _indented_end(lines: list[str], at: int) -> int:
    """The end of the indented lines from here on, with the empty ones between them."""
    end = at
    for i in range(at, len(lines)):
        if lines[i].startswith(" "):
            end = i + 1
        elif lines[i].strip():
            break
    return end


def _dedented(lines: list[str]) -> list[str]:
    return dedent("\n".join(lines)).strip("\n").splitlines()
