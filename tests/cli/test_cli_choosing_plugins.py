"""Which plugins are loaded, and which one a name selects if several provide it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TINY, Forks, Ganzoo
from installing import LOSS, install

# Names


def test_two_plugins_with_one_name(forked: Forks) -> None:
    for module, scale in (("one", 1.0), ("two", 2.0)):
        code = LOSS.format(name="twin", module=module, scale=scale)
        path = install(f"ganzoo-{module}", module, code)
    listed = forked("list", "losses", "--json", PYTHONPATH=path).ok().json
    assert [r["distribution"] for r in listed if r["name"] == "twin"] == [
        "ganzoo-one",
        "ganzoo-two",
    ]
    tiny = (*TINY, "--steps", "5")
    refused = forked(*tiny, "--loss", "twin", PYTHONPATH=path)
    refused.refused(2, "several plugins", "ganzoo-one/twin", "ganzoo-two/twin")
    for distribution, scale in (("ganzoo-one", 1.0), ("ganzoo-two", 2.0)):
        args = (*tiny, "--loss", f"{distribution}/twin", "--out", distribution)
        forked(*args, PYTHONPATH=path).ok()
        record = json.loads(Path(distribution, "run.json").read_text())
        assert record["distributions"]["loss"] == distribution
        assert record["settings"]["loss.scale"] == scale
        forked("train", "--resume", distribution, "--steps", "10", PYTHONPATH=path).ok()
        forked("sample", distribution, PYTHONPATH=path).ok()
    metrics = [Path(d, "metrics.csv").read_text() for d in ("ganzoo-one", "ganzoo-two")]
    assert metrics[0] != metrics[1]


def test_two_plugins_of_one_distribution_with_one_name(forked: Forks) -> None:
    """``distribution/name`` could not distinguish them, so the second is left out."""
    for module in ("one", "two"):
        code = LOSS.format(name="twin", module=module, scale=1.0)
        path = install(f"ganzoo-{module}", module, code)
    Path("site/ganzoo_two-1.2.dist-info/entry_points.txt").unlink()
    Path("site/ganzoo_one-1.2.dist-info/entry_points.txt").write_text(
        "[ganzoo]\nfirst = one\nsecond = two\n"
    )
    listed = forked("plugins", "list", "--json", PYTHONPATH=path).ok()
    status = {p["name"]: p["status"] for p in listed.json}
    assert (status["first"], status["second"]) == ("ok", "failed at record")
    assert "one distribution provides loss twin twice" in listed.err
    forked(*TINY, "--loss", "ganzoo-one/twin", "--dry-run", PYTHONPATH=path).ok()


def test_list_is_grouped_by_distribution_one_row_a_line(forked: Forks) -> None:
    long = "Scores, " * 40 + "and that is all."
    for module, distribution, name in (
        ("one", "ganzoo-a", "zebra"), ("two", "ganzoo-b", "ape"), ("three", "aaa", "lion")
    ):  # fmt: skip
        code = LOSS.format(name=name, module=module, scale=1.0).replace("Scores.", long)
        paper = "paper=ganzoo.Paper('T', year=2016, arxiv='1606.03498'), factory"
        path = install(distribution, module, code.replace("factory", paper))
    zoo = {"PYTHONPATH": path, "GANZOO_PLUGINS": "ganzoo-a ganzoo-b aaa"}
    lines = forked("list", "losses", **zoo).ok().out.splitlines()
    body = [line.split() for line in lines[3:] if line.strip()]
    rule = ["─" * len(lines[3].strip())]
    assert lines[3].split() == rule
    places = [(row[0], row[-1]) if len(row) > 1 else row for row in body]
    assert places == [
        rule, ("bce", "ganzoo-core"), ("minimax", "ganzoo-core"), rule, ("lion", "aaa"), rule,
        ("zebra", "ganzoo-a"), rule, ("ape", "ganzoo-b"),
    ]  # fmt: skip
    for row in body[4::2]:
        assert row[-3:-1] == ["2016", "arXiv:1606.03498"]
        assert " ".join(long.split()) in " ".join(row)
    listed = forked("list", "losses", "--json", **zoo).ok().json
    assert [r["name"] for r in listed] == ["bce", "minimax", "lion", "zebra", "ape"]


# What is not wanted is not loaded

TELLING = "from pathlib import Path\nPath('loaded').touch()\n" + LOSS.format(
    name="calm", module="telling", scale=1.0
)
UNWANTED: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "none allowed": ((), {"GANZOO_PLUGINS": ""}),
    "another allowed": ((), {"GANZOO_PLUGINS": "ganzoo-other, something"}),
    "name disabled": ((), {"GANZOO_DISABLE_PLUGINS": "x,telling-plugin"}),
    "distribution disabled": ((), {"GANZOO_DISABLE_PLUGINS": "ganzoo-telling"}),
    "allowed and disabled": (
        (), {"GANZOO_PLUGINS": "ganzoo-telling", "GANZOO_DISABLE_PLUGINS": "telling-plugin"},
    ),
    "option": (("--no-plugins",), {}),
    "option and allowed": (("--no-plugins",), {"GANZOO_PLUGINS": "ganzoo-telling"}),
}  # fmt: skip
WANTED: dict[str, dict[str, str]] = {
    "by default": {},
    "by name": {"GANZOO_PLUGINS": "telling-plugin"},
    "by distribution": {"GANZOO_PLUGINS": "other ganzoo-telling"},
    "others disabled": {"GANZOO_DISABLE_PLUGINS": "ganzoo-other"},
}


@pytest.mark.parametrize("case", UNWANTED)
def test_a_disabled_plugin(forked: Forks, case: str) -> None:
    options, env = UNWANTED[case]
    path = install("ganzoo-telling", "telling", TELLING)
    listed = forked(*options, "list", "--json", PYTHONPATH=path, **env).ok()
    names = {record["name"] for record in listed.json}
    assert "calm" not in names
    assert "vanilla-mlp" in names
    plugins = forked(*options, "plugins", "list", "--json", PYTHONPATH=path, **env).ok().json
    assert ("telling-plugin", "disabled", []) in [
        (p["name"], p["status"], p["gives"]) for p in plugins
    ]
    refused = forked(*options, "info", "calm", PYTHONPATH=path, **env)
    refused.refused(2, "unknown name 'calm'", "plugins that are disabled: ", "telling-plugin")
    assert not Path("loaded").exists()


@pytest.mark.parametrize("case", WANTED)
def test_a_plugin_that_is_wanted(forked: Forks, case: str) -> None:
    path = install("ganzoo-telling", "telling", TELLING)
    listed = forked("list", "--json", PYTHONPATH=path, **WANTED[case]).ok()
    assert "calm" in {record["name"] for record in listed.json}
    assert Path("loaded").exists()


def test_a_name_that_means_no_plugin(forked: Forks) -> None:
    path = install("ganzoo-telling", "telling", TELLING)
    for variable in ("GANZOO_PLUGINS", "GANZOO_DISABLE_PLUGINS"):
        names = {variable: "builtin, teling-plugin, ganzoo-telling"}
        for args in (("list",), ("plugins", "list")):
            (line,) = forked(*args, PYTHONPATH=path, **names).ok().err.splitlines()
            told = (
                f"{variable}: no installed plugin is called 'teling-plugin'; did you mean telling-"
            )
            assert line.startswith(told)


def test_a_disabled_plugin_from_the_very_start(ganzoo: Ganzoo) -> None:
    path = install("ganzoo-telling", "telling", TELLING)
    ganzoo("--no-plugins", "list", PYTHONPATH=path).ok()
    assert not Path("loaded").exists()


# First-party plugins

ONLY = """
from importlib import metadata
points = metadata.entry_points
metadata.entry_points = lambda **k: [p for p in points(**k) if p.dist.name in {names}]
"""
"""After this, only these distributions are installed."""


@pytest.mark.parametrize("names", [set(), {"ganzoo-own"}], ids=["none", "another's"])
def test_list_says_how_to_get_the_first_party_plugins(forked: Forks, names: set[str]) -> None:
    path = install("ganzoo-own", "own", LOSS.format(name="own", module="own", scale=1.0))
    listed = forked("list", before=ONLY.format(names=names), PYTHONPATH=path).ok()
    assert ("ganzoo-own" in listed.out) == bool(names)
    (line,) = listed.err.splitlines()
    assert line.endswith("in the folder of ganzoo's source, run pip install -e '.[zoo]'")


@pytest.mark.parametrize("variables", [{}, {"GANZOO_PLUGINS": ""}], ids=["on", "off"])
def test_list_says_nothing_where_one_is_installed(forked: Forks, variables: dict[str, str]) -> None:
    before = ONLY.format(names={"ganzoo-losses"})
    assert forked("list", before=before, **variables).ok().err == ""


def test_list_for_programs_says_nothing(forked: Forks) -> None:
    assert forked("list", "--json", before=ONLY.format(names=set())).ok().err == ""
