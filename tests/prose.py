"""A lint for prose: words to avoid, and sentences that are too long or chain too many thoughts.

    python tests/prose.py FILE...     what is wrong in these files
    python tests/prose.py             what is wrong in all files

``words.toml`` holds the words, the limits and the exceptions. The lint reads Markdown, HTML
templates, and the strings of TOML and Python files. In Python it reads docstrings as paragraphs,
and every other string of at least three words, such as a help text or an error message. It skips
code, formulas and addresses.
"""

import ast
import html
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
WORDS = Path(__file__).with_name("words.toml")
FILES = [
    "*.md", "docs/**/*.md", "plugins/*/README.md", "examples/*/README.md",
    "ganzoo/**/*.py", "plugins/*/ganzoo_*/**/*.py",
    "ganzoo/**/*.in", "ganzoo/**/*.html", "ganzoo/**/*.toml",
]  # fmt: skip
"""What people read."""
SKIPPED = {"docs/reproduction.md", "*.ko.md"}
"""A generated list of facts, made of strings in files that are read, and pages in Korean."""

CODE = "CODE"
"""What stands for code, a formula or a value while a sentence is read."""
FENCE = re.compile(r"^( *)(```+).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"^\$\$.*?\$\$$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+")
SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$")
ABBREVIATION = re.compile(r"\b(al|e\.g|i\.e|vs|cf|Fig|eq)\.")
END = re.compile(r"""(?<=[.!?])["')*_]*\s+(?=["'(*_]*(?:[A-Z0-9]|ganzoo\b))""")
LABEL = re.compile(rf"^(?:{CODE}|[\w.-]+): |: {CODE}\.?$")
CHAIN = re.compile(r"[;:](?=\s|$)")


class Text(NamedTuple):
    """A paragraph without markup."""

    line: int
    words: str
    kind: str = "prose"
    """prose, heading or cell."""


@dataclass
class Rules:
    """``words.toml``."""

    limits: dict[str, int]
    words: dict[str, str]
    """A regular expression -> what to write instead."""
    exceptions: list[dict[str, str]] = field(default_factory=list)
    """Each with a pattern of files, a part of the sentence and the reason."""


def rules(path: Path = WORDS) -> Rules:
    return Rules(**tomllib.loads(path.read_text()))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def without_markup(text: str) -> str:
    """A paragraph as it is read."""
    text = re.sub(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", text)  # links, pictures
    text = re.sub(r":\w+:`[^`]*`|``.+?``|`[^`]*`", CODE, text)
    text = re.sub(r"\$[^$]+\$", CODE, text)
    text = re.sub(r"<https?://\S+>|https?://[^\s)]*[^\s).,;]", CODE, text)
    text = re.sub(r"</?\w[^>]*>", " ", text)
    return " ".join(re.sub(r"\*+", "", text).split())


def lines_only(found: re.Match[str]) -> str:
    """What is left out still counts its lines."""
    return "\n" * found[0].count("\n")


def markdown(text: str) -> Iterator[Text]:
    """Headings, paragraphs, items and cells."""
    for left_out in (FENCE, FORMULA, COMMENT):
        text = left_out.sub(lines_only, text)
    start, paragraph = 0, []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        apart = not line.strip() or line.startswith(("#", "|", "<", "![")) or ITEM.match(line)
        if apart and paragraph:
            yield Text(start, without_markup(" ".join(paragraph)))
            paragraph = []
        if line.startswith("|"):
            for cell in line.strip("| ").split("|"):
                yield Text(number, without_markup(cell), "cell")
        elif line.startswith("#"):
            yield Text(number, without_markup(line.lstrip("# ")), "heading")
        elif line.strip():
            start = start if paragraph else number
            paragraph.append(ITEM.sub("", line))


def docstring(text: str) -> str:
    """A docstring as Markdown, arguments as items, without directives, doctests, tables, code."""
    blocks = []
    for block in re.split(r"\n(?:[ \t]*\n)+", FENCE.sub(lines_only, inspect.cleandoc(text))):
        first, *rest = block.split("\n")
        if SECTION.match(first):
            block = "\n".join(re.sub(r"^    (?! )(?:[\w*`]+: )?", "- ", line) for line in rest)
        if not block.lstrip().startswith((".. ", ">>>", "===")) and not block.startswith("    "):
            blocks.append(block)
    return "\n\n".join(blocks)


def python(text: str) -> Iterator[Text]:
    """Docstrings, those of fields included, and all other strings that are words."""
    return strings_of(ast.parse(text))


def strings_of(node: ast.AST) -> Iterator[Text]:
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            for found in markdown(docstring(text)):
                yield found._replace(line=node.lineno + found.line - 1)
        case ast.JoinedStr(values=parts):
            said = (str(part.value) if isinstance(part, ast.Constant) else CODE for part in parts)
            yield from if_words(node.lineno, "".join(said))
        case ast.Constant(value=str(text)):
            yield from if_words(node.lineno, text)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from strings_of(child)


def if_words(line: int, text: str) -> Iterator[Text]:
    if " " in text.strip() and len(re.findall(r"[A-Za-z]{2,}", text)) >= 3:
        yield Text(line, without_markup(text))


def page(text: str) -> Iterator[Text]:
    """A template's text, and the labels of its elements."""
    text = re.sub(r"<(script|style).*?</\1>", lines_only, text, flags=re.DOTALL)
    text = re.sub(r"\{[%#].*?[%#]\}", "", re.sub(r"\{\{.*?\}\}", CODE, text))
    for number, line in enumerate(text.splitlines(), 1):
        labels = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', line)
        for said in (*labels, *re.split(r"<[^>]*>", line)):
            yield Text(number, html.unescape(said).strip())


def toml(text: str) -> Iterator[Text]:
    def strings(value: object) -> Iterator[str]:
        match value:
            case str():
                yield value
            case dict():
                yield from strings(list(value.values()))
            case list():
                for item in value:
                    yield from strings(item)

    for value in strings(tomllib.loads(text)):
        line = text[: text.find(value.strip().split("\n")[0])].count("\n") + 1
        yield from if_words(line, value)


READERS = {".md": markdown, ".py": python, ".html": page, ".toml": toml}


def texts(path: Path) -> Iterator[Text]:
    """All that a file says. A scaffold's ``.in`` is read as what it becomes."""
    text, name = path.read_text(), path
    if path.suffix == ".in":
        text, name = re.sub(r"\$(\w+)", r"\1", text), path.with_suffix("")
    yield from READERS[name.suffix](text) if name.suffix in READERS else ()


def sentences(text: str) -> list[str]:
    kept = ABBREVIATION.sub("\\1\0", text)  # its full stop ends no sentence
    return [sentence.replace("\0", ".") for sentence in END.split(kept)]


def faults(text: Text, which: Rules) -> Iterator[tuple[str, str]]:
    """Each fault with its sentence."""
    for sentence in sentences(text.words):
        for pattern, better in which.words.items():
            if found := re.search(pattern, sentence):
                yield sentence, f"{found[0].strip()!r}, better: {better}"
        if text.kind == "heading" and sentence.endswith("?"):
            yield sentence, "a heading that is a question: say what the section does"
        if text.kind == "cell":
            continue
        if (length := len(sentence.split())) > which.limits["words"]:
            yield sentence, f"{length} words: split the sentence"
        if (chained := len(CHAIN.findall(LABEL.sub(" ", sentence)))) > which.limits["chained"]:
            yield sentence, f"{chained} colons and semicolons: split the sentence"


def findings(path: Path, which: Rules, used: set[int] | None = None) -> Iterator[str]:
    """``FILE:LINE: fault``, with the sentence. ``used`` collects the exceptions that apply."""
    name = name_of(path)
    for text in texts(path):
        for sentence, fault in faults(text, which):
            excepted = {
                i
                for i, exception in enumerate(which.exceptions)
                if fnmatch(name, exception["file"]) and exception["text"] in sentence
            }
            if used is not None:
                used |= excepted
            if not excepted:
                yield f"{name}:{text.line}: {fault}\n    {sentence}"


def files() -> list[Path]:
    found = {path for pattern in FILES for path in ROOT.glob(pattern)}
    return sorted(p for p in found if not any(fnmatch(name_of(p), skipped) for skipped in SKIPPED))


if __name__ == "__main__":
    named = [Path(name).resolve() for name in sys.argv[1:]]
    found = [finding for path in named or files() for finding in findings(path, rules())]
    print("\n".join(found) or "clean")
    sys.exit(bool(found))
