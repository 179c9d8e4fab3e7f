"""A plugin's first files: a package that is installed, trained with and tested as it is written.

``templates/common`` and the folder of a kind hold what its author gets, and ``train``, the command
to try first. In them ``$name`` is the plugin's name and its record's, ``$distribution`` and
``$module`` are that with ``ganzoo-`` and ``ganzoo_`` before it, and ``$Class`` is the dataclass.
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
from ganzoo.registry.records import KINDS, NAME
from ganzoo.registry.registry import Registry

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(KINDS)]  # what the command line takes, and offers

TEMPLATES = Path(__file__).parent / "templates"
PREFIX = "ganzoo-"


@dataclass(frozen=True)
class Scaffold:
    """A plugin that is still to be written: its names, and its files."""

    name: str
    kind: Kind

    @property
    def distribution(self) -> str:
        """What pip calls it, which is its folder's name, too."""
        return f"{PREFIX}{self.name}"

    @property
    def module(self) -> str:
        """What Python calls it."""
        return self.distribution.replace("-", "_")

    @property
    def train(self) -> str:
        """The command that trains with it, in less than a minute."""
        return Template(_read(f"{self.kind}/train")).substitute(name=self.name).strip()

    @cached_property
    def files(self) -> dict[str, str]:
        """Path in its folder -> content."""
        kind = self.kind
        templates = {
            "README.md": "common/README.md",
            "LICENSE": "common/LICENSE",
            "pyproject.toml": "common/pyproject.toml",
            ".gitignore": "common/gitignore",
            f"{self.module}/__init__.py": f"{kind}/init.py",
            f"{self.module}/{kind}.py": f"{kind}/{kind}.py",
            f"tests/test_{self.module}.py": f"{kind}/test.py",
        }
        code = _read(templates[f"{self.module}/{kind}.py"])
        names = {
            "name": self.name,
            "kind": kind,
            "distribution": self.distribution,
            "module": self.module,
            "Class": self._class(code),
            "train": self.train,
            "year": str(date.today().year),
        }
        return {
            path: Template(_read(template)).substitute(names)
            for path, template in templates.items()
        }

    def _class(self, code: str) -> str:
        """``least-squares`` -> ``LeastSquares``, if a class in this code can be called so."""
        name = "".join(word.capitalize() for word in self.name.split("-"))
        is_name = name.isidentifier() and not keyword.iskeyword(name)
        is_free = not re.search(rf"\b{name}\b", code)
        return name if is_name and is_free else f"{self.kind.capitalize()}{name}"


def scaffold(zoo: Registry, name: str, kind: Kind) -> Scaffold:
    """A plugin ``name``, with or without ``ganzoo-`` before it, that gives one record of ``kind``.

    Raises:
        UsageError: it is no name, or one that would hide something of ``zoo`` or of Python's.
    """
    name = name.removeprefix(PREFIX)
    if not NAME.fullmatch(name):
        close = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
        hint = f"; did you mean {close}?" if close else ", such as least-squares"
        raise UsageError(f"name {name!r}: expected lower-case words joined by hyphens{hint}")
    new = Scaffold(name, kind)
    if name == "none":
        raise UsageError("name 'none' stands for no penalty at all; choose another")
    for entry in zoo.named(name, KINDS[kind]):
        source = entry.plugin.source
        raise UsageError(f"{kind} {name} is there already, of {source}; choose another name")
    for plugin in zoo.plugins:
        if name == plugin.name or new.distribution == plugin.distribution:
            raise UsageError(
                f"plugin {plugin.name} is there already, of {plugin.source}; choose another name"
            )
    if (there := importlib.util.find_spec(new.module)) is not None:
        where = there.origin or ", ".join(there.submodule_search_locations or ())
        raise UsageError(
            f"module {new.module} is there already, in {where}, and the new one would hide it; "
            "choose another name"
        )
    return new


def write(new: Scaffold, out: Path) -> Path:
    """Write its folder into ``out``, the whole of it or nothing.

    Raises:
        UsageError: the folder is there. Nothing is ever overwritten.
        GanzooError: it cannot be written.
    """
    folder = out / new.distribution
    part = out / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        if os.path.lexists(folder):
            raise UsageError(f"{folder} is there already, and nothing is overwritten; move it away")
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
