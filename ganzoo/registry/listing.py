"""A list that shows one item in each line, and a table in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import TypeVar

T = TypeVar("T")


class Listing(list[T]):
    """A list whose ``row`` returns the cells of an item by column."""

    def __init__(self, items: Iterable[T], row: Callable[[T], Mapping[str, str]]) -> None:
        super().__init__(items)
        self._row = row

    def __repr__(self) -> str:
        return "[" + ",\n ".join(map(repr, self)) + "]"

    def _repr_html_(self) -> str:
        rows = [self._row(each) for each in self]
        titles = dict.fromkeys(title for row in rows for title in row)
        head = _cells("th", titles)
        body = "".join(_cells("td", (row.get(title, "") for title in titles)) for row in rows)
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _cells(tag: str, texts: Iterable[str]) -> str:
    left = ' style="text-align: left"'
    return f"<tr>{''.join(f'<{tag}{left}>{escape(text)}</{tag}>' for text in texts)}</tr>"
