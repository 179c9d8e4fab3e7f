"""A kind of record is declared in one place, and everything that lists kinds follows from it."""

import subprocess
import sys
from pathlib import Path

import pytest

import ganzoo
from ganzoo import scaffold
from ganzoo.registry.records import KINDS, NAMED, PARTS, TYPED
from ganzoo.testing import OWN
from ganzoo.training.request import Request

NEW_KIND = '''
"""A kind that ganzoo does not have: its record and its hook, and nothing else."""

from dataclasses import dataclass
from typing import get_args

from ganzoo.registry import records


class Callback(records.Record):
    """What is called at each step."""

    kind = "callback"
    plural = "callbacks"
    several = True
    methods = ("call",)


records.KINDS["callback"] = Callback

from ganzoo.registry import hookspecs
from ganzoo.registry.hookspecs.marker import hookspec


@hookspec
def ganzoo_callbacks():
    """What is called at each step."""


hookspecs.ganzoo_callbacks = ganzoo_callbacks

import ganzoo


@ganzoo.hookimpl(specname="ganzoo_callbacks")
def give():
    yield Callback(name="bell", summary="It rings.", factory="__main__:Bell")


@dataclass(frozen=True)
class Bell:
    """Rings at each step."""

    loudness: int = 3
    """In decibels."""

    def call(self):
        pass


@dataclass(frozen=True)
class Mute:
    """Has no method."""


def ganzoo(*words):
    from ganzoo.cli.app import app

    app(words)(words, standalone_mode=False)


class Plugin:
    ganzoo_callbacks = staticmethod(give)


from ganzoo.registry.registry import register, registry

register(Plugin, "bells")
print("found:", registry().find(Callback, "bell").qualified)
'''


def printed(tmp_path: Path, more: str) -> str:
    """What a process prints that has the new kind."""
    script = tmp_path / "new_kind.py"
    script.write_text(NEW_KIND + more)
    done = subprocess.run([sys.executable, script], text=True, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_kind_is_found_listed_completed_and_shown(tmp_path):
    shown = printed(
        tmp_path,
        """
ganzoo("list", "callbacks")
ganzoo("list")
ganzoo("info", "bell")
from ganzoo.cli import complete
print("completed:", complete.names(Callback)("be"), complete.any_name("be"))
from ganzoo import scaffold
print("offered:", "callback" in get_args(scaffold.Kind))
""",
    )
    assert "found: bells/bell" in shown
    one, everything = shown.partition("Models")[::2]
    for table in (one, everything):
        assert "Callbacks" in table
        assert "bell It rings." in " ".join(table.split())
    assert "callback of bells" in everything
    assert "callback.bell.loudness" in everything  # a run may have several: the key has its name
    assert "completed: [('bell', 'It rings.')] [('bell', 'It rings.')]" in shown
    assert "offered: True" in shown


def test_a_new_kind_is_checked(tmp_path):
    shown = printed(
        tmp_path,
        """
from ganzoo.testing import Failed, checks
resolves, documented, *_ = [c for c in checks("bell")]
resolves(), documented()
object.__setattr__(registry().named("bell")[0].record, "factory", "__main__:Mute")
try:
    resolves()
except Failed as error:
    print(error)
""",
    )
    assert "__main__:Mute has no method call" in shown


def test_parts_of_a_run_in_both_orders():
    order = ("model", "loss", "penalty", "augmentation", "dataset")
    assert order == PARTS  # as files of runs have them
    assert TYPED == ("model", "dataset", "loss", "penalty", "augmentation")  # as commands have them
    assert set(PARTS) | set(NAMED) == {kind for kind, cls in KINDS.items() if cls.of_run}
    assert set(PARTS).isdisjoint(NAMED)
    assert all(hasattr(Request(), cls.plural) for cls in NAMED.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_public_checked_and_scaffolded(kind):
    cls = KINDS[kind]
    assert getattr(ganzoo, cls.__name__) is cls
    given = getattr(ganzoo, cls.plural)()
    assert given or kind in {"penalty", "observer", "section", "command"}  # not in the core
    assert all(type(record) is cls for record in given)
    assert cls in OWN
    folder = scaffold.TEMPLATES / kind
    assert {path.name for path in folder.iterdir()} == {
        "init.py.in", f"{kind}.py.in", "test.py.in", "train.in",
    }  # fmt: skip
