"""Reads a ``--config`` file as a request: TOML, a ``run.json``, or a sweep's ``sweep.json``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ganzoo.errors import BrokenFile, UsageError
from ganzoo.files import read_whole
from ganzoo.registry.records import NAMED, PARTS
from ganzoo.registry.settings import Override
from ganzoo.runs.reading import MOST
from ganzoo.runs.record import RunRecord
from ganzoo.training.request import NAMES, Request, bare, listed_names, recorded_names

SEVERAL = tuple(cls.plural for cls in NAMED.values())


def read_config(path: Path, asked: Request) -> Request:
    """Read the request in a file.

    Names are at the top (``model = "vanilla-mlp"``), and settings are in a table ``settings``. If
    ``asked`` names another model, loss or dataset than the file, the settings that belong to the
    file's choice are left out.

    Raises:
        UsageError: The file cannot be read, or has unknown keys.
        BrokenFile: The file is a damaged ``run.json``.
    """
    content = _read(path)
    settings = dict(_flat(content.get("settings", {})))
    is_record = path.suffix == ".json"  # of a run or sweep, where every value is set
    chosen = content["asked"] if is_record else settings
    names: dict[str, Any] = {name: content.get(name) for name in NAMES}
    names |= {several: tuple(content.get(several, ())) for several in SEVERAL}
    if is_record:
        names |= recorded_names(content)
    request = Request(
        **names,
        overrides=tuple(
            Override(key, value, path.name if key in chosen else f"default in {path.name}")
            for key, value in settings.items()
        ),
    )
    changed = [
        part
        for part in PARTS
        if (name := getattr(asked, part))
        and [*map(bare, listed_names(name))] != [*listed_names(getattr(request, part))]
    ]
    for part in changed:
        request = request.without(part)
    if not is_record:
        return request
    if "loss" in changed:
        request = request.without("penalty")  # it followed from the loss
    elif request.penalty is None and request.loss is not None:
        request = replace(request, penalty="none")  # a run without a penalty stays without one
    if "dataset" in changed:
        request = request.without("metric")  # it may not fit the new data
    if changed:  # drop what followed from the other choice
        request = replace(request, overrides=tuple(w for w in request.overrides if w.key in chosen))
    return request


def _read(path: Path) -> dict[str, Any]:
    """The file's content, checked."""
    try:
        raw = read_whole(path, MOST)
    except FileNotFoundError as error:
        raise UsageError(f"--config {path}: {error.strerror}") from error
    except BrokenFile as error:
        raise UsageError(f"--config {path}: {error}") from error
    is_json = path.suffix == ".json"
    try:
        content = json.loads(raw) if is_json else tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"--config {path} is not {'JSON' if is_json else 'TOML'}: {error}"
        ) from None
    if is_json and isinstance(content, dict) and "format" in content:  # a sweep has no format
        return dict(vars(RunRecord.parse(raw, path)))
    if not isinstance(content, dict) or not isinstance(content.get("settings", {}), dict):
        raise UsageError(f"--config {path}: expected names and a table of settings")
    if is_json and isinstance(losses := content.get("losses"), list) and losses:
        one = path.parent / str(losses[0]) / path.name
        raise UsageError(f"--config {path} is a sweep over losses. Name one of them: {one}")
    if is_json and not isinstance(content.get("asked"), list):
        raise UsageError(f"--config {path} is JSON, but not a run.json or sweep.json")
    for name in SEVERAL:
        listed = content.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise UsageError(f"--config {path}: {name} must be a list of names")
    if wrong := [name for name in NAMES if not isinstance(content.get(name), str | None)]:
        raise UsageError(f"--config {path}: {wrong[0]} must be a name in quotes")
    known = (*NAMES, *SEVERAL, "settings")
    if not is_json and (unknown := sorted(set(content) - set(known))):
        raise UsageError(
            f"--config {path} has an unknown {unknown[0]!r}; expected {', '.join(known)}"
        )
    return content


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
