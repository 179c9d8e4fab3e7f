"""The prose lint (``prose.py``) finds nothing, and it finds what is planted."""

import prose
import pytest

RULES = prose.rules()
FILES = prose.files()
PLANTED = {
    "page.md": "# Title\n\nThe generator draws\none {}.\n",
    "cells.md": "| what | it is |\n| --- | --- |\n| G | one {} |\n",
    "loss.md.in": "The $kind is one {}.\n",
    "docstring.py": '"""A module.\n\nThe generator draws one {}.\n"""\n',
    "field.py": 'class A:\n    size: int = 1\n    """Points of one {}."""\n',
    "raises.py": '"""F.\n\nRaises:\n    ValueError: there is one {}.\n"""\n',
    "error.py": 'raise ValueError(f"{{1 + 1}}: this is one " "{} of {{points}}")\n',
    "help.py": 'typer.Option("--seed", help="Draw one {} of points.")\n',
    "page.html": '<p class="note">{{% if a %}}One {} for {{{{ name }}}}.{{% endif %}}</p>\n',
    "label.html": '<img alt="One {} of points" src="x.png">\n',
    "paper.toml": 'title = "A paper"\ntried = ["One {} of points."]\n',
}


def found_in(text, tmp_path, name="page.md", which=RULES):
    (tmp_path / name).write_text(text)
    return [fault.split(": ", 1)[1] for fault in prose.findings(tmp_path / name, which)]


@pytest.mark.parametrize("path", FILES, ids=prose.name_of)
def test_prose_is_clean(path):
    found = list(prose.findings(path, RULES))
    assert not found, "\n".join(["rewrite it, or add an exception to tests/words.toml:", *found])


def test_every_exception_is_needed_and_has_its_reason():
    used = set()
    for path in FILES:
        list(prose.findings(path, RULES, used))
    unused = [e for i, e in enumerate(RULES.exceptions) if i not in used]
    assert not unused
    assert all(len(exception["why"].split()) > 3 for exception in RULES.exceptions)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_word_is_found_wherever_it_is(name, tmp_path):
    assert found_in(PLANTED[name].format("cluster"), tmp_path, name) == []
    (fault,) = found_in(PLANTED[name].format("heap"), tmp_path, name)
    assert "'heap', better: cluster or mode" in fault


def test_the_line_of_a_fault_is_that_of_its_paragraph(tmp_path):
    text = "Fine.\n\n```\na heap of code\n```\n\n$$heap\n= 1$$\n\nOne line,\nand one heap.\n"
    (tmp_path / "page.md").write_text(text)
    (fault,) = prose.findings(tmp_path / "page.md", RULES)
    assert "page.md:10: " in fault


def test_code_formulas_and_addresses_are_not_read(tmp_path):
    assert found_in("See `heap`, $heap$ and [this](https://heap.org/heap.html).\n", tmp_path) == []
    text = '''r"""Fine.

.. math:: heap

Two numbers, by :math:`heap` and ``heap``:

>>> heap
1
"""
key = "heap"
'''
    assert found_in(text, tmp_path, "lesson.py") == []


def test_long_and_chained_sentences_are_found(tmp_path):
    assert found_in(" ".join(["word"] * 35) + ".\n", tmp_path) == []
    (long,) = found_in(" ".join(["word"] * 36) + ".\n", tmp_path)
    assert "36 words" in long
    assert found_in("One thought: another one. A third one; a fourth.\n", tmp_path) == []
    (chained,) = found_in("One thought: another one; a third.\n", tmp_path)
    assert "2 colons and semicolons" in chained


@pytest.mark.parametrize(
    "sentence",
    [
        "The data are rather far away.",
        "Here one counts the modes.",
        "A value that is no number ends the run.",
        "Not every run succeeds.",
        "Were it slow, it would stop.",
    ],
)
def test_constructions_are_found(sentence, tmp_path):
    assert len(found_in(sentence + "\n", tmp_path)) == 1


@pytest.mark.parametrize(
    "sentence",
    ["There is no page.", "This one counts modes.", "The bookkeeping of `walk` is no longer here."],
)
def test_usual_sentences_pass(sentence, tmp_path):
    assert found_in(sentence + "\n", tmp_path) == []


def test_a_heading_that_is_a_question_is_found(tmp_path):
    (fault,) = found_in("## Is it good?\n\nIs it good? It is.\n", tmp_path)
    assert "a heading that is a question" in fault


def test_an_abbreviation_ends_no_sentence():
    assert prose.sentences("By Metz et al. 2016. It rotates (e.g. left). ganzoo shows it.") == [
        "By Metz et al. 2016.", "It rotates (e.g. left).", "ganzoo shows it.",
    ]  # fmt: skip


def test_an_exception_holds_for_its_file_and_sentence_alone(tmp_path):
    excepted = {"file": "*/page.md", "text": "of sand", "why": "It is a heap of sand."}
    which = prose.Rules(RULES.limits, RULES.words, [excepted])
    assert found_in("A heap of sand.\n", tmp_path, "page.md", which) == []
    assert len(found_in("A heap of points.\n", tmp_path, "page.md", which)) == 1
    assert len(found_in("A heap of sand.\n", tmp_path, "other.md", which)) == 1
