"""The table of what the zoo's own plugins give is what they give."""

from __future__ import annotations

from pathlib import Path

from ganzoo.registry.first_party import GIVEN, distribution_of
from ganzoo.registry.records import Record
from ganzoo.registry.registry import Registry, registry

PLUGINS = Path(__file__).parents[2] / "plugins"


def test_the_table_is_what_they_give() -> None:
    folders = {path.parent.name for path in PLUGINS.glob("*/pyproject.toml")}
    given: dict[str, dict[str, set[str]]] = {}
    for entry in registry().entries():
        if entry.plugin.distribution in folders:
            kinds = given.setdefault(entry.plugin.distribution, {})
            kinds.setdefault(entry.record.kind, set()).add(entry.record.name)
    table = {d: {kind: set(names) for kind, names in kinds.items()} for d, kinds in GIVEN.items()}
    assert given == table


def test_a_name_belongs_to_its_kind() -> None:
    assert distribution_of("loss", "hinge") == "ganzoo-losses"
    assert distribution_of(Record.kind, "hinge") == "ganzoo-losses"
    assert distribution_of("model", "hinge") is None


def test_what_is_installed_is_not_offered_again() -> None:
    """Disabled or broken, it is there: another hint says so."""
    zoo = Registry(registry().plugins)
    assert "pip install" not in zoo._hint("hinge", Record)
    core = Registry([p for p in zoo.plugins if p.distribution == "ganzoo-core"])
    assert "pip install -e plugins/ganzoo-losses" in core._hint("hinge", Record)
    assert "did you mean bce" in core._hint("bcee", Record)
