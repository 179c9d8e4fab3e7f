"""reStructuredText as blocks and styled spans; what a plugin's author might write instead."""

from __future__ import annotations

import pytest

from ganzoo.prose.markup import Block, Span, blocks, readable, spans


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks(text)]


@pytest.mark.parametrize(
    ("source", "text", "style"),
    [
        (":math:`\\theta_G`", "θ_G", "formula"),
        (":math:`\\log\n D`", "log D", "formula"),
        ("``--set lr=1``", "--set lr=1", "code"),
        ("`bce`", "bce", "code"),
        (":class:`~torch.Tensor`", "torch.Tensor", "code"),
        ("**The idea.**", "The idea.", "strong"),
        ("*collapsed*", "collapsed", "emphasis"),
        ("`the paper <https://x.org/>`_", "the paper (https://x.org/)", ""),
    ],
)
def test_inline_markup_becomes_a_style(source: str, text: str, style: str) -> None:
    assert spans(source) == (Span(text, style),)  # type: ignore[arg-type]
    assert readable(f"Before {source}, after.") == f"Before {text}, after."


@pytest.mark.parametrize("text", ["2 * 3 * 4", "x**2", "a `lone quote", "(B, *shape)", "1 < 2"])
def test_text_that_only_looks_like_markup_stays(text: str) -> None:
    assert readable(text) == text


def test_an_escaped_character_is_that_character() -> None:
    assert readable(r"(B, \*shape)") == "(B, *shape)"


def test_a_lesson() -> None:
    first, formula, item, second, code, table = blocks(r"""What it is.

.. math::
    a &= b \\
    c &= d

>>> 1 + 1
2

- One
  thing.
- Another, such as::

    train

======  =====
10,000  score
======  =====
first   ``9``
======  =====
""")
    assert first == Block("paragraph", (Span("What it is."),))
    assert formula == Block("formula", lines=("a = b", "c = d"))
    assert (item.kind, item.spans) == ("item", (Span("One thing."),))
    assert second.spans == (Span("Another, such as:"),)
    assert (code.kind, code.lines, code.depth) == ("code", ("train",), 1)
    assert table.rows == (("10,000", "score"), ("first", "9"))


def test_a_formula_in_a_list() -> None:
    assert kinds("- *KL*, in nats:\n\n  .. math:: x\n\n  and more.\n\n- *Two*") == [
        "item", "formula", "paragraph", "item",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nx = 1\n```\nText.", ["code", "paragraph"]),
        ("Title\n=====\n\nText.", ["heading", "paragraph"]),
        (".. note:: Mind the gap.\n\n.. a comment", ["paragraph"]),
        (".. code-block:: python\n   :linenos:\n\n   x = 1\n", ["code"]),
        ("Text:\n- one\n- two", ["paragraph", "item", "item"]),
        ("1. one\n2. two", ["item", "item"]),
        ("- >>> 1\n- .. math:: x", ["item", "item", "formula"]),
        ("", []),
        ("::", []),
        ("-", ["paragraph"]),
        ("==  ==", ["table"]),
        ("  indented", ["paragraph"]),
    ],
)
def test_what_else_authors_write(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected
