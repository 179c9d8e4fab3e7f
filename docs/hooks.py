"""Generates docs/hooks/, a page for each hook, from its docstring, its record and its checks.

``python docs/hooks.py`` writes the pages. ``python docs/hooks.py --check`` lists outdated ones.
"""

import inspect
import re
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from textwrap import dedent

import ganzoo
from ganzoo.registry import hookspecs, records
from ganzoo.registry.hookspecs import HOOKS
from ganzoo.registry.records import KINDS
from ganzoo.registry.settings import settings_of
from ganzoo.testing import CHECKS, plugins

FOLDER = Path(__file__).parent / "hooks"
NOTE = "<!-- docs/hooks.py generates this page from docstrings in ganzoo/. Edit those. -->"
MATH = re.compile(r":math:`([^`]+)`")
BLOCK = re.compile(r"^(?:\n|    .*\n?)+", re.MULTILINE)
GAMES = {
    "TwoPlayer": (
        ("sample", "critic", "views", "latents", "given", "shown", "score", "discriminator_terms",
         "generator_terms"),
        "The game of a generator and a discriminator. Each of these methods has a default, and "
        "you override those that you need:",
    ),
    "Game": (
        ("moves", "views", "sample", "verdict"),
        "Any other game is a subclass of `ganzoo.Game` and has these methods:",
    ),
}  # fmt: skip
VALUES = {
    "View": "What a game can show. [Views, labels and inputs](../views.md) explains them.",
    "Move": "One player's turn. [A round of training](../rounds.md) explains when it is made.",
    "Seen": "What `discriminator_terms` and `generator_terms` receive. They return "
    "`{name: (weight, value)}`, and the value is logged.",
}


def markdown(text):
    """A docstring's inline markup as Markdown's."""
    return MATH.sub(r"$\1$", text).replace("``", "`")


def documented(hook):
    """A hook's docstring: its summary, its prose, and the files of its example by path."""
    text = inspect.getdoc(getattr(hookspecs, hook)) or ""
    summary, _, rest = text.partition("\n\n")
    prose, *blocks = re.split(r"::\n\n(?=    )", rest)
    files = {}
    for block in blocks:
        lines = dedent(BLOCK.match(block)[0]).strip()
        if path := re.match(r"# (\S+)$", lines, re.MULTILINE):
            files[path[1]] = lines
    return markdown(summary), markdown(prose.strip()), files


def lacks(hook):
    """What a hook's docstring and its record's leave out."""
    summary, _, files = documented(hook)
    entry = "".join(code for path, code in files.items() if path.endswith("/__init__.py"))
    factory = re.search(r'factory="([\w.]+):(\w+)"', entry)
    word = "class" if HOOKS[hook].configured else "def"
    code = files.get(factory[1].replace(".", "/") + ".py", "") if factory else ""
    record = HOOKS[hook]
    missing = {
        "summary": not summary,
        "example of the hook": "@ganzoo.hookimpl" not in entry or f"def {hook}()" not in entry,
        f"example of the {word}": not factory or f"{word} {factory[2]}" not in code,
        "what its class has": record.__name__ not in contracts(),
    }
    fields = [f"{record.__name__}.{s.name}" for s in settings_of("", record) if not s.meaning]
    return [what for what, is_missing in missing.items() if is_missing] + fields


def contracts():
    """Record -> what the class that it names has: the table at the head of records.py."""
    rows = re.findall(r"^`(\w+)`\s+(.+)$", records.__doc__, re.MULTILINE)
    return {record: markdown(methods) for record, methods in rows}


def named(record):
    """What a record names, as a sentence."""
    has = contracts()[record.__name__]
    if not record.configured:
        return f"A record names {has.removeprefix('no class, but ')}."
    return (
        f"A record names a frozen dataclass. Its fields are the settings, and it must define {has}."
    )


def titles(checks):
    """What each check says, once."""
    return [(check.__doc__ or "").rstrip(".") for check in checks]


def table(*rows):
    """Markdown: the first row is the head."""
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def use(kind, files):
    """Code that trains with an example, and tries it out."""
    entry = next(path for path in files if path.endswith("/__init__.py"))
    module = entry.partition("/")[0]
    name = re.search(r'name="(.+?)"', files[entry])[1]
    parts = {
        "model": '"vanilla-mlp"',
        "dataset": '"mnist-5k"' if kind == "augmentation" else '"ring"',
        kind: f'"{name}"',
    }
    scored = [parts.pop(kind)] if kind == "metric" else []
    if kind in parts and KINDS[kind].several:
        parts[KINDS[kind].plural] = f"[{parts.pop(kind)}]"
    model = parts.pop("model")
    named = ", ".join(f"{key}={value}" for key, value in parts.items())
    trained = [
        f'run = ganzoo.train({model}, {named}, settings={{"steps": 1000}})',
        "for step in run:",
        "    if step.metrics:",
        "        print(step.step, step.metrics)",
        *(f"print(ganzoo.evaluate(run.run.path, [{metric}])[0].scores)" for metric in scored),
    ]
    shown = [
        'run = ganzoo.train("vanilla-mlp", dataset="ring", settings={"steps": 1000}).finish()',
        "print(ganzoo.report(run.run.path))",
    ]
    lines = [
        "import ganzoo",
        f"import {module}",
        "from ganzoo.testing import checks",
        "",
        f"ganzoo.register({module})",
        *(trained if KINDS[kind].of_run else []),
        *(shown if kind == "section" else []),
        f"for check in checks({module}):",
        "    check()",
    ]
    return "\n".join(lines) + "\n"


def plain(docstring):
    """A docstring without its sections, in one line."""
    return markdown(" ".join(re.split(r"\n\n(?:Args|Raises):", docstring)[0].split()))


def values(cls):
    """A table of a frozen dataclass's fields."""
    types = {field.name: str(field.type) for field in fields(cls)}
    rows = [
        (
            f"`{s.name}`",
            f"`{types[s.name]}`",
            "required" if s.default is MISSING else f"`{s.default!r}`",
            plain(s.meaning),
        )
        for s in settings_of("", cls)
    ]
    return table(("field", "type", "default", "meaning"), *rows)


def methods(cls, names):
    """A table of some methods of a game."""
    rows = []
    for name in names:
        method = getattr(cls, name)
        arguments = ", ".join([*inspect.signature(method).parameters][1:])
        rows.append((f"`{name}({arguments})`", plain(inspect.getdoc(method) or "")))
    return table(("method", "meaning"), *rows)


def games():
    """What the game of a model consists of."""
    parts = []
    for name, (names, about) in GAMES.items():
        parts += [f"## The game: `ganzoo.{name}`", about, methods(getattr(ganzoo, name), names)]
    for name, about in VALUES.items():
        parts += [f"## `ganzoo.{name}`", about, values(getattr(ganzoo, name))]
    return parts


def page(hook):
    """The page of one hook."""
    record = HOOKS[hook]
    summary, prose, files = documented(hook)
    tried = "train with it and to run" if record.of_run else "run"
    tried = "write a page with it and to run" if record.kind == "section" else tried
    must = [f"- {title}" for title in titles((*plugins.CHECKS, *CHECKS[record.kind]))]
    parts = [
        NOTE,
        f"# {hook}",
        f"{summary} This [hook](README.md) returns `ganzoo.{record.__name__}` records.",
        named(record),
        prose,
        "## A complete example",
        *(f"```python file={path}\n{code}\n```" for path, code in files.items()),
        f"Run this next to the example's folder to {tried} all the checks below. "
        "(An installed plugin needs no `register`.)",
        f"```python\n{use(record.kind, files)}```",
        f"## The record: `ganzoo.{record.__name__}`",
        values(record),
        *(games() if record is ganzoo.Model else ()),
        "## What the checks test",
        f"`ganzoo plugins check NAME` checks the plugin and each {record.kind} in it:",
        "\n".join(must),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def index():
    """The page that lists them all."""
    rows = [
        (f"[`{hook}`]({hook}.md)", f"`ganzoo.{record.__name__}`", contracts()[record.__name__])
        for hook, record in HOOKS.items()
    ]
    every = dict.fromkeys(title for kind in KINDS for title in titles(CHECKS[kind]))
    marks = [
        (title, *("yes" if title in titles(CHECKS[kind]) else "" for kind in KINDS))
        for title in every
    ]
    intro = [
        f"```toml\n{dedent(each)}\n```" if each[:4] == "    " else re.sub("::$", ":", each)
        for each in markdown(inspect.getdoc(hookspecs)).split("\n\n")
    ]
    parts = [
        NOTE,
        "# The hooks",
        *intro[:-1],
        "Each hook has a page with an example that runs. [Your first plugin](../first-plugin.md) "
        "uses several of them.",
        table(("hook", "record", "what the class has that the record names"), *rows),
        "## What the checks test",
        "`ganzoo plugins check NAME` and `ganzoo.testing.checks` in a test run these checks:",
        table(("check", *KINDS), *marks),
        "Two more checks test the plugin as a whole:",
        "\n".join(f"- {title}" for title in titles(plugins.CHECKS)),
    ]
    return "\n\n".join(parts) + "\n"


def pages():
    """Path -> text."""
    return {FOLDER / "README.md": index(), **{FOLDER / f"{hook}.md": page(hook) for hook in HOOKS}}


def stale():
    """The pages that are not as they should be, or should not be."""
    wanted = pages()
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    return [path for path in {**wanted, **there} if wanted.get(path) != there.get(path)]


if __name__ == "__main__":
    out_of_date = stale()
    if "--check" in sys.argv:
        sys.exit("".join(f"{path.name} is out of date\n" for path in out_of_date) or 0)
    FOLDER.mkdir(exist_ok=True)
    for path in out_of_date:
        if text := pages().get(path):
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            path.unlink()
