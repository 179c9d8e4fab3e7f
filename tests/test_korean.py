"""Pages in Korean (``*.ko.md``) have the code of the English ones, and links lead both ways."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FENCED = re.compile(r"^( *)(```+).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PAGES = [*ROOT.glob("*.ko.md"), *sorted((ROOT / "docs").rglob("*.ko.md"))]
WITH_PAGE = pytest.mark.parametrize("korean", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def english(korean: Path) -> Path:
    return korean.with_name(korean.name.replace(".ko.md", ".md"))


def blocks(page: Path) -> list[str]:
    return [found[0] for found in FENCED.finditer(page.read_text())]


@WITH_PAGE
def test_code_blocks_are_the_same_in_the_same_order(korean):
    assert len(blocks(korean)) > 5
    assert blocks(korean) == blocks(english(korean))


@WITH_PAGE
def test_each_version_links_to_the_other_below_its_title(korean):
    for page, other, name in (
        (korean, english(korean), "English"),
        (english(korean), korean, "한국어"),
    ):
        assert page.read_text().splitlines()[1:4] == ["", f"[{name}]({other.name})", ""]


@WITH_PAGE
def test_links_lead_to_the_same_pages_in_korean_where_they_are(korean):
    def preferred(links: set[str], back: str) -> set[str]:
        there = {link: link.replace(".md", ".ko.md") for link in links - {back}}
        return {new if (korean.parent / new).exists() else old for old, new in there.items()}

    here, other = (set(LINK.findall(page.read_text())) for page in (korean, english(korean)))
    assert preferred(other, korean.name) <= here
    assert preferred(here, english(korean).name) == here - {english(korean).name}


@WITH_PAGE
def test_particles_do_not_break_markup(korean):
    """GitHub shows neither a formula with a letter at its side nor bold like ``**it (GAN)**은``."""
    text = re.sub(r"\$\$.*?\$\$|`[^`]*`", "", FENCED.sub("", korean.read_text()), flags=re.DOTALL)
    assert not re.findall(r"[^\w\s*]\*+[가-힣]", text)
    formulas = re.findall(r"(.)(\$[^$]+\$)(?=(.))", text, re.DOTALL)
    assert not [one for one in formulas if not one[0].isspace() or one[2].isalnum()]
