"""The docstring of the file: the model's lesson, as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ganzoo.prose.formulas import broken
from ganzoo.prose.markup import Block, blocks
from ganzoo.writing.layout import WIDTH

LONGEST = 250
"""Lines of a file, unless its code alone has more."""
HOW = (
    "This file was written by `{command}`. It needs {libraries}, but not ganzoo. On a CPU, its "
    "losses are those of `ganzoo train` with the same settings and number of threads, bit for bit. "
    "ganzoo has compared the first three steps."
)


def docstring(about: str, command: str, libraries: str, code: int) -> str:
    """The model's lesson in plain text, and how the file was made.

    With ``code`` lines of code below it, paragraphs are left out from the last on until the
    file has `LONGEST` lines. The first paragraph, the formulas and the source stay.
    """
    lesson = [block for block in blocks(about) if _belongs(block)]
    while True:
        lines: list[str] = []
        for block in lesson:
            lines += [*_prose(block), ""]
        lines += textwrap.wrap(HOW.format(command=command, libraries=libraries), WIDTH)
        spare = [b for b in lesson[1:] if b.kind != "formula" and not _is_source(b)]
        if len(lines) + code + 3 <= LONGEST or not spare:
            break
        lesson.remove(spare[-1])
    whole = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{whole}\n"""'


def _belongs(block: Block) -> bool:
    """Whether a block of a lesson is of use without ganzoo: not its code, nor where to find what
    in the plugin."""
    strong = block.spans[0].text if block.spans and block.spans[0].style == "strong" else ""
    return block.kind != "code" and (
        not strong or strong.startswith(("The idea", "How it differs"))
    )


def _is_source(block: Block) -> bool:
    return bool(block.spans) and block.spans[0].text.startswith(("Source", "Sources"))


def _prose(block: Block) -> Iterator[str]:
    if block.kind == "formula":
        for line in block.lines:
            yield from (f"    {part}" for part in broken(line, WIDTH - 4))
    elif block.kind == "table":
        for row in block.rows:
            yield "  ".join(row)
    else:
        whole = "".join(span.text for span in block.spans)
        lead = "- " if block.kind == "item" else ""
        yield from textwrap.wrap(whole, WIDTH, initial_indent=lead,
                                 subsequent_indent=" " * len(lead))  # fmt: skip
