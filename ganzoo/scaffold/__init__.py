"""The files of a new plugin, a package that can be installed, trained and tested at once.

The templates are in ``templates/common`` and in the folder of each kind, whose ``train`` has the
first commands to try. A shape of a model has a folder of its own. In the templates, ``$name`` is
the name of the plugin and of its record. ``$distribution`` and ``$module`` are the name after
``ganzoo-`` and ``ganzoo_``. ``$Class`` is the dataclass.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from ganzoo.errors import GanzooError, UsageError
from ganzoo.registry.details import NAME
from ganzoo.registry.records import KINDS
from ganzoo.registry.registry import Registry

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(KINDS)]  # the choices of the command line

Like = Literal["two-player", "conditional", "translation", "encoder"]
"""The shapes of a model."""

TEMPLATES = Path(__file__).parent / "templates"
PREFIX = "ganzoo-"


@dataclass(frozen=True)
class Scaffold:
    """A plugin before it is written: its names and files."""

    name: str
    kind: Kind
    like: Like = "two-player"
    """The shape, if it is a model."""

    @property
    def folder(self) -> str:
        """The folder of its own templates."""
        return self.kind if self.like == "two-player" else f"{self.kind}-{self.like}"

    @property
    def distribution(self) -> str:
        """The name for pip, and of its folder."""
        return f"{PREFIX}{self.name}"

    @property
    def module(self) -> str:
        """The name of its Python package."""
        return self.distribution.replace("-", "_")

    @property
    def train(self) -> str:
        """The commands that train and use it in less than a minute, each in a line."""
        return Template(_read(f"{self.folder}/train")).substitute(name=self.name).strip()

    @cached_property
    def files(self) -> dict[str, str]:
        """Path in its folder -> content."""
        kind, module = self.kind, self.module
        places = {"init": f"{module}/__init__.py", "test": f"tests/test_{module}.py"}
        own = {}
        for path in sorted((TEMPLATES / self.folder).glob("*.py.in")):
            name = path.name.removesuffix(".py.in")
            own[places.get(name, f"{module}/{name}.py")] = f"{self.folder}/{name}.py"
        templates = {
            "README.md": "common/README.md",
            "LICENSE": "common/LICENSE",
            "pyproject.toml": "common/pyproject.toml",
            ".gitignore": "common/gitignore",
            **own,
        }
        code = _read(templates[f"{module}/{kind}.py"])
        names = {
            "name": self.name,
            "kind": kind,
            "distribution": self.distribution,
            "module": module,
            "Class": self._class(code),
            "train": self.train,
            "year": str(date.today().year),
        }
        return {
            path: Template(_read(template)).substitute(names)
            for path, template in templates.items()
        }

    def _class(self, code: str) -> str:
        """``least-squares`` -> ``LeastSquares``, if this code can use that name for a class."""
        name = "".join(word.capitalize() for word in self.name.split("-"))
        is_name = name.isidentifier() and not keyword.iskeyword(name)
        is_free = not re.search(rf"\b{name}\b", code)
        return name if is_name and is_free else f"{self.kind.capitalize()}{name}"


def scaffold(zoo: Registry, name: str, kind: Kind, like: Like | None = None) -> Scaffold:
    """A plugin ``name``, with or without ``ganzoo-`` in front, with one record of ``kind``.

    Raises:
        UsageError: the name is invalid, or it would hide a record, plugin or module. Something
            else than a model has a shape.
    """
    if like is not None and kind != "model":
        raise UsageError(f"--like chooses the shape of a model, and this is a {kind}")
    name = name.removeprefix(PREFIX)
    if not NAME.fullmatch(name):
        close = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        hint = f"; did you mean {close}?" if close else ", such as least-squares"
        raise UsageError(f"name {name!r}: expected lower-case words joined by hyphens{hint}")
    new = Scaffold(name, kind, like or "two-player")
    if name == "none":
        raise UsageError("name 'none' means no penalty; choose another name")
    for entry in zoo.named(name, KINDS[kind]):
        source = entry.plugin.source
        raise UsageError(f"{kind} {name} already exists in {source}; choose another name")
    for plugin in zoo.plugins:
        if name == plugin.name or new.distribution == plugin.distribution:
            raise UsageError(
                f"plugin {plugin.name} already exists in {plugin.source}; choose another name"
            )
    if (there := importlib.util.find_spec(new.module)) is not None:
        where = there.origin or ", ".join(there.submodule_search_locations or ())
        raise UsageError(
            f"module {new.module} already exists in {where}, and the new one would hide it; "
            "choose another name"
        )
    return new


def write(new: Scaffold, out: Path) -> Path:
    """Write its folder into ``out``, completely or not at all.

    Raises:
        UsageError: the folder exists. Nothing is overwritten.
        GanzooError: the folder cannot be written.
    """
    folder = out / new.distribution
    part = out / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        if os.path.lexists(folder):
            raise UsageError(
                f"{folder} already exists, and nothing is overwritten; move it away first"
            )
        for path, text in new.files.items():
            file = part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        part.rename(folder)
    except OSError as error:
        raise GanzooError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _read(template: str) -> str:
    return (TEMPLATES / f"{template}.in").read_text(encoding="utf-8")
