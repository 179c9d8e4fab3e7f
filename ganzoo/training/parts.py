"""The parts of a recorded run: where each came from, and which of them are there now."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ganzoo.errors import UsageError
from ganzoo.files import shown
from ganzoo.prose.commands import quoted, shell_command
from ganzoo.registry.discovery import ALLOW, DENY
from ganzoo.registry.first_party import distribution_of
from ganzoo.registry.records import KINDS, NAMED, PARTS
from ganzoo.registry.registry import Entry, Registry
from ganzoo.registry.settings import make, resolve, settings_of
from ganzoo.runs.folder import Run
from ganzoo.runs.record import RunRecord
from ganzoo.training.plan import Plan
from ganzoo.training.request import Request, bare, listed_names

logger = logging.getLogger("ganzoo")


def origins_of(settled: Plan, more: Iterable[Entry] = ()) -> dict[str, Any]:
    """The fields of `RunRecord` that say where the parts came from."""
    entries = {group: e for part in PARTS for group, e in settled.chosen(part).items()}
    return {
        "distributions": {group: e.plugin.distribution for group, e in entries.items()},
        "observers": tuple(e.qualified for e in settled.observers),
        "plugin_files": plugin_files(settled, more),
    }


def plugin_files(settled: Plan, more: Iterable[Entry] = ()) -> dict[str, str]:
    """Name -> absolute path of each plugin file that parts of the plan come from."""
    plugins = [e.plugin for e in (*settled.entries.values(), *more)]
    return {plugin.distribution: str(plugin.file) for plugin in plugins if plugin.file}


def available(
    registry: Registry,
    run: Run,
    request: Request,
    needed: Collection[str],
    again: Collection[object],
) -> Request:
    """The request for a recorded run, without the parts that are neither needed nor there.

    Args:
        request: The run's, see `ganzoo.training.recording.recorded_request`.
        needed: Kinds of parts that must be there.
        again: The words of the command that needs them.

    Raises:
        UsageError: A part that is needed is not there. The message says where it came from.
    """
    record = run.record
    for group, name in _named(request):
        kind = group.partition(".")[0]
        if kind in needed and _recorded(record, group, name):
            _check_there(registry, record, group, name, again)
        elif kind in PARTS and not _works(registry, request, group, name):
            request = request.without(kind)
            request = replace(request, left_out=(*request.left_out, kind))
    if "loss" in request.left_out:
        request = replace(request.without("penalty"), left_out=(*request.left_out, "penalty"))
    return request


def _named(request: Request) -> Iterator[tuple[str, str]]:
    """Groups of settings and names of all parts of a request."""
    for kind in (*PARTS, *NAMED):
        named = NAMED.get(kind)
        names = getattr(request, named.plural if named else kind)
        if not named:
            names = listed_names(names) if kind == "penalty" else [names]
        several = named is not None or len(names) > 1
        for name in names:
            if name not in (None, "none"):
                yield (f"{kind}.{bare(name)}" if several else kind), name


def _recorded(record: RunRecord, group: str, name: str) -> bool:
    """Whether the part is the recorded run's, and not one that the user adds."""
    others = (*record.metrics, *record.observers)
    return group.partition(".")[0] in PARTS or name in map(bare, others)


def _works(registry: Registry, request: Request, group: str, name: str) -> bool:
    """Whether a part is there and accepts the recorded settings."""
    kind = group.partition(".")[0]
    try:
        cls = registry.find(KINDS[kind], name, near=request.origins.get(group)).resolve()
        own = (w for w in request.overrides if w.key.startswith(f"{group}."))
        make(group, cls, resolve(settings_of(group, cls), own))
    except Exception:  # nothing needs it, so it does not matter why
        return False
    return True


def _check_there(
    registry: Registry, record: RunRecord, group: str, name: str, again: Collection[object]
) -> None:
    kind = group.partition(".")[0]
    if registry.named(name, KINDS[kind]):
        return
    raise UsageError(f"{_came_from(registry, record, group, name, again)}{_without(kind, again)}")


def _came_from(
    registry: Registry, record: RunRecord, group: str, name: str, again: Collection[object]
) -> str:
    """Where a missing part came from, and how to get it back."""
    kind, _, short = group.partition(".")
    part = f"the {kind} {short or name}"
    origin = record.origin(group)
    there = [p for p in registry.plugins if p.distribution == origin]
    version = record.versions.get(origin, "")
    source = f"{origin} {version}".rstrip()
    for plugin in there:
        if plugin.disabled:
            by = f"{ALLOW}, {DENY} or --no-plugins"
            return f"{part} came from {source}, which is disabled by {by}"
        if plugin.failure:
            return f"{part} came from {source}. {plugin.complaint}"
    if there:
        return f"{part} came from {source}. {there[0].source} is there and does not have it"
    if file := record.plugin_files.get(origin, ""):
        if Path(file).is_file():
            files = [each for each in record.files_for() if Path(each).is_file()]
            command = shell_command(*again, plugins=files)
            return (
                f"{part} came from --plugin {quoted(shown(Path(file)))}. Give it again: {command}"
            )
        return (
            f"{part} came from --plugin {quoted(file)}, and there is no such file any more. If you "
            f"have it elsewhere: {shell_command(*again, plugins=['FILE'])}"
        )
    if origin.endswith(".py"):  # an earlier version did not keep the path
        command = shell_command(*again, plugins=[origin])
        return f"{part} came from --plugin {quoted(origin)}. Give it again: {command}"
    if origin and distribution_of(kind, short or name) == origin:
        return (
            f"{part} came from {source}, which is not installed. In the folder of ganzoo's source, "
            f"run pip install -e plugins/{origin}"
        )
    if version:
        return f"{part} came from {source}, which is not installed. Install it again"
    if origin:
        return f"{part} came from {origin}, which Python code registered. Call ganzoo.register(...)"
    return f"{part} is not there, and the run does not say where it came from"


def _without(kind: str, again: Collection[object]) -> str:
    if kind != "observer":
        return ""
    return f"\nTo go on without it: {shell_command(*again, '--observer', 'none')}"


def warn_of_origins(record: RunRecord, settled: Plan) -> None:
    """Warn of parts that come from elsewhere than the recorded ones."""
    for part, then in record.distributions.items():
        entry = settled.entry(part)
        if entry and (now := entry.plugin.distribution) != then:
            logger.warning(
                "The run's %s %s came from %s, and this one comes from %s. Its results may change.",
                part, entry.record.name, then, now,
            )  # fmt: skip
