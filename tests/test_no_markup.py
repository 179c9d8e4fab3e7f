"""No page shows raw markup: those of runs are plain text, those of the docs proper Markdown."""

from __future__ import annotations

import re
import sys
from html import unescape
from pathlib import Path

from conftest import TINY, Forks
from raw_markup import PLUGIN, RAW

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))


def seen(page: Path) -> str:
    """The text of a page, as a person reads it."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", page.read_text(), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", html))


def test_the_pages_of_runs(forked: Forks) -> None:
    Path("marked.py").write_text(PLUGIN)
    for seed in ("0", "1"):
        options = ("--loss", "marked", "--seed", seed, "--steps", "20", "--out", seed)
        forked("--plugin", "marked.py", *TINY, *options).ok()
    forked("--plugin", "marked.py", "report", "0").ok()
    forked("--plugin", "marked.py", "compare", "0", "1").ok()
    pages = list(Path().rglob("*.html"))
    assert len(pages) == 2
    assert not [page for page in pages if RAW.search(seen(page))]
    told = seen(Path("0/report.html"))
    assert "A loss with markup and θ_D." in told
    assert "How λ and size are [bold]set[/bold]." in told


def test_the_pages_of_the_docs() -> None:
    import hooks

    generated = {path.name: text for path, text in hooks.pages().items()}
    written = {path.name: path.read_text() for path in DOCS.rglob("*.md")}
    for name, text in {**written, **generated}.items():
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        assert not re.findall(r":\w+:`|\.\. \w+::|``", prose), name
        told = re.sub(r"`[^`]*`|\$\$.*?\$\$|\$[^$]+\$", "", prose, flags=re.DOTALL)
        assert not re.findall(r"\\[a-z(]", told), name


def test_a_docstrings_markup_becomes_markdown() -> None:
    import hooks

    told = hooks.markdown(r"``code``, `bce` and :math:`\theta_D`")
    assert told == r"`code`, `bce` and $\theta_D$"
