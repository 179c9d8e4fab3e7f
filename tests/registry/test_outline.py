"""Settings are read from a factory's source, without running its module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ganzoo.errors import GanzooError
from ganzoo.registry.isolation import Plugin
from ganzoo.registry.outline import outline
from ganzoo.registry.records import Loss
from ganzoo.registry.registry import Entry, found
from ganzoo.registry.settings import Override, resolve, settings_of

HEAD = '''"""A lesson."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import nosuch_slow_package
from annotated_types import Ge

Choice = Literal["a", "b"]
WIDTHS = (1, 2)
slow = nosuch_slow_package.load()


def width() -> int:
    """A function by the name of a field."""
    return nosuch_slow_package.width()


'''
BODY = '''@dataclass(frozen=True)
class Toy:
    """A toy."""

    choice: Choice = "a"
    """One of two."""
    width: Annotated[int, Ge(1)] = WIDTHS[1]
    """How wide."""
    many: tuple[int, ...] = field(default_factory=lambda: WIDTHS)

    slow = nosuch_slow_package.load()
    game: ClassVar[type[nosuch_slow_package.Game]]

    def build(self) -> nosuch_slow_package.Game:
        return nosuch_slow_package.Game(self)
'''


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """A function that writes a module and says its name, which no other test has."""
    monkeypatch.syspath_prepend(tmp_path)
    prefix = f"outlined_{abs(hash(request.node.name))}"

    def written(code: str, name: str = "toy") -> str:
        (tmp_path / f"{prefix}_{name}.py").write_text(code.replace("PREFIX", prefix))
        return f"{prefix}_{name}"

    return written


def test_fields_are_read_and_nothing_else_is_run(write) -> None:
    module = write(HEAD + BODY)
    cls = outline(f"{module}:Toy")
    shown = [(s.key, s.type_name, s.default, s.meaning) for s in settings_of("model", cls)]
    assert shown == [
        ("model.choice", "a | b", "a", "One of two."),
        ("model.width", "int, at least 1", 2, "How wide."),
        ("model.many", "tuple[int, ...]", (1, 2), ""),
    ]
    assert sys.modules[cls.__module__].__doc__ == "A lesson."
    assert module not in sys.modules


def test_a_base_class_is_outlined_too_wherever_it_stands(write) -> None:
    write(HEAD + BODY, "base")
    module = write(
        "from PREFIX_base import Toy as Base\n"
        "from dataclasses import dataclass\n"
        "import nosuch_slow_package\n\n\n"
        "@dataclass(frozen=True)\nclass Toy(Base):\n    more: int = 3\n"
    )
    names = [s.name for s in settings_of("model", outline(f"{module}:Toy"))]
    assert names == ["choice", "width", "many", "more"]


def test_a_name_that_is_passed_on_is_followed(write) -> None:
    write(HEAD + BODY, "inner")
    module = write("import nosuch_slow_package\nfrom PREFIX_inner import Toy as Given\n")
    assert len(settings_of("model", outline(f"{module}:Given"))) == 3


def test_a_type_may_come_from_an_import_that_may_fail(write) -> None:
    module = write(
        "from dataclasses import dataclass\n"
        "try:\n    from nosuch import Width\nexcept ImportError:\n    Width = int\n\n\n"
        "@dataclass(frozen=True)\nclass Toy:\n    width: Width = 1\n"
    )
    assert settings_of("model", outline(f"{module}:Toy"))[0].type is int


ODD = [
    (
        "from enum import StrEnum\n\nclass Norm(StrEnum):\n    'Which.'\n    LAYER = 'layer'\n\n",
        "norm: Norm | None = None",
    ),
    ("", "LIM = 5\n    width: int = LIM"),
    ("", "LIM: ClassVar[int] = 5\n    width: int = LIM"),
    ("", "if True:\n        width: int = 1"),
    ("class Mixin:\n    def f(self): pass\n\n", "width: int = 1"),
    ("Width = int\n", "width: 'Width | None' = 1"),
    ("from math import *\nWidth = int\n", "width: Width = 1"),
]
"""What stands before the class, and its field."""


@pytest.mark.parametrize(("before", "field"), ODD)
def test_odd_ways_to_write_a_field(write, before: str, field: str) -> None:
    base = "(Mixin)" if "Mixin" in before else ""
    module = write(
        "from dataclasses import dataclass\nfrom typing import ClassVar\n"
        f"import nosuch_slow_package\n{before}\n"
        f"@dataclass(frozen=True)\nclass Toy{base}:\n    {field}\n"
    )
    (setting,) = settings_of("model", outline(f"{module}:Toy"))
    value = "layer" if setting.name == "norm" else 3
    assert resolve([setting], [Override(setting.name, value, "--set")])[setting.key].value == value


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (HEAD + BODY.replace("WIDTHS[1]", "slow.width"), "nosuch_slow_package"),
        (HEAD + BODY.replace('Choice = "a"', 'Unknown = "a"'), "Unknown"),
        (BODY, "dataclass"),
        ("class Toy:\n    width: int = 1\n", "not a dataclass"),
        ("raise SystemExit\n", "Toy"),
        (HEAD + BODY.replace("lambda: WIDTHS", "lambda: Toy.slow"), "default_factory failed"),
        ("def Toy(:\n", "SyntaxError"),
        ("if True:\n    class Toy:\n        1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_what_cannot_be_outlined_says_why(write, code: str, why: str) -> None:
    with pytest.raises(GanzooError, match=why):
        outline(f"{write(code)}:Toy")
    with pytest.raises(GanzooError, match="has no source"):
        outline("nosuch_module:Toy")


def test_what_cannot_be_outlined_is_imported(write) -> None:
    module = write(
        "import dataclasses\n"
        "def make():\n    return dataclasses.make_dataclass('Toy', [('width', int, 4)])\n"
        "globals()['Toy'] = make()\n"
    )
    with pytest.raises(GanzooError):
        outline(f"{module}:Toy")
    entry = Entry(Loss(name="toy", summary="A toy.", factory=f"{module}:Toy"), Plugin("toy", "toy"))
    assert [s.name for s in settings_of("loss", entry.declared())] == ["width"]


def test_every_record_is_described_without_torch() -> None:
    """One process for all; `ganzoo.testing` has a check for each."""
    code = (
        "import sys\n"
        "from ganzoo.registry.outline import outline\n"
        "from ganzoo.registry.registry import found\n"
        "for entry in found().entries():\n"
        "    outline(entry.record.factory)\n"
        "    assert 'torch' not in sys.modules, entry\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for entry in found().entries():
        read = settings_of("it", outline(entry.record.factory))
        assert read == settings_of("it", entry.resolve()), entry
