"""Whether a run's data is still the data with which it began.

A dataset may state its own fingerprint in a method ``fingerprint``, such as the checksums of its
files. Otherwise the fingerprint has the checksums of its arrays. A source is too large to be read
whole, so some of its samples stand for all of them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from ganzoo.engine.data import Array, Data, Source
from ganzoo.errors import BrokenFile, GanzooError, UsageError
from ganzoo.runs.fingerprint import NAME, Fingerprint, changes, read_fingerprint
from ganzoo.runs.folder import Run
from ganzoo.training.places import places
from ganzoo.training.plan import Plan

CHUNK = 1 << 24
"""Bytes of an array that are hashed at a time, in parallel with others."""
LOOKED_AT = 256
"""Number of a source's samples that stand for all."""
SUM = re.compile(r"[!-\[\]-~]+")
"""A checksum: visible ASCII characters without the backslash."""

logger = logging.getLogger("ganzoo")


def stated(settled: Plan) -> Fingerprint | None:
    """The fingerprint that the plan's dataset states, or ``None``. No samples are loaded.

    Raises:
        GanzooError: The dataset is unavailable, or it states something else.
    """
    entry = settled.entries["dataset"]
    state = getattr(settled.made_dataset, "fingerprint", None)
    if not callable(state):
        return None
    said = state()
    if not isinstance(said, Mapping) or not said or not all(map(_is_sum, said.items())):
        raise GanzooError(
            f"{entry.record.factory}: fingerprint() returned {str(said)[:80]}, expected names with "
            "checksums, such as {'a.png': 'b5bb9d80'}"
        )
    return Fingerprint(dict(said))


def _is_sum(item: tuple[object, object]) -> bool:
    name, value = item
    return isinstance(name, str) and isinstance(value, str) and bool(name and SUM.fullmatch(value))


def fingerprint_of(data: Data) -> Fingerprint:
    """The fingerprint of samples, with a checksum for each field."""
    if data.arrays is not None:
        sums = {name: checksum(data.arrays[name]) for name in data.fields}
    else:
        each = (_sums_of(source, data.domains[d]) for d, source in data.sources.items())
        sums = {name: value for some in each for name, value in some.items()}
    held_out = {f"held-out {name}": checksum(array) for name, array in data.held_out.items()}
    return Fingerprint(sums | held_out)


def checksum(array: Array) -> str:
    """The checksum of an array's shape, type and values. It is the same on every machine."""
    whole = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    values = whole.reshape(-1).view(np.uint8)
    chunks = (values[i : i + CHUNK] for i in range(0, len(values), CHUNK))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        digests = pool.map(lambda chunk: hashlib.sha256(chunk).digest(), chunks)
        head = f"{whole.dtype.str} {array.shape}".encode()
        return hashlib.sha256(head + b"".join(digests)).hexdigest()


def _sums_of(source: Source, names: Sequence[str]) -> dict[str, str]:
    """A checksum for each of these fields, of evenly spaced samples and their number."""
    size = len(source)
    n = min(LOOKED_AT, size)
    items = [source.item(i * size // n, np.random.default_rng(0)) for i in range(n)]
    sums: dict[str, list[str]] = {}
    for item in items:
        for name in names:
            sums.setdefault(name, [str(size)]).append(checksum(np.asarray(item[name])))
    return {name: hashlib.sha256("".join(each).encode()).hexdigest() for name, each in sums.items()}


def check_same(run: Run, now: Fingerprint | None, settled: Plan, doing: str) -> None:
    """Check that the data is that of the run. Unknown data passes.

    Args:
        now: The fingerprint of the data as it is now.
        settled: The plan that names the data.
        doing: What the message says that ganzoo cannot do, such as ``resume``.

    Raises:
        UsageError: It is other data. The message says what has changed.
    """
    known = run.record.fingerprint
    if now is None or not known or now.digest == known:
        return
    there = where(settled)
    data = f"the data in {', '.join(there)}" if there else "the data"
    advice = "Put the data back as it was."
    if keys := sorted(places(settled.settings)):
        advice += f" If it is elsewhere now, name its place with --set {keys[0]}=FOLDER."
    record = shlex.quote(str(run.path / "run.json"))
    raise UsageError(
        f"cannot {doing} {run.path}: {data} is not what the run began with\n"
        + "".join(f"  {line}\n" for line in _changes(run.path, known, now))
        + f"{advice}\nTo begin a new run with the data as it is: ganzoo train --config {record}"
    )


def check_beside(folder: Path, now: Fingerprint | None) -> None:
    """Check the data of a run in a folder of runs, which has ``data.sums`` if it is a sweep.

    Raises:
        UsageError: The other runs in the folder have other data.
        BrokenFile: ``data.sums`` is damaged, so it is not known whether they have.
    """
    if now is None or not os.path.isfile(folder / "sweep.json"):
        return
    if not os.path.lexists(folder / NAME):  # of an earlier version
        return
    then = read_fingerprint(folder)
    if then.digest != now.digest:
        raise UsageError(
            f"cannot continue {folder}: its data has changed since it began\n"
            + "".join(f"  {line}\n" for line in changes(then, now))
            + "Put the data back as it was, or begin another sweep with another --out."
        )


def with_advice(error: BrokenFile, run: Run) -> BrokenFile:
    """The error of a file that broke while a run read it, with what that means for the run."""
    return BrokenFile(
        f"{error}. {run.path} can be resumed once all files are as they were when it began. With "
        "other files, begin a new run"
    )


def warn_of_unknown(run: Run) -> None:
    """Warn if an earlier version began the run, so that it does not know its data."""
    if not run.record.fingerprint:
        logger.warning(
            "%s was begun by an earlier version, which did not record its data. ganzoo cannot "
            "check that the data is still the same.",
            run.path,
        )


def where(settled: Plan) -> list[str]:
    """The places that the dataset's settings name."""
    found = (settled.values[key].value for key in sorted(places(settled.settings)))
    return [str(value) for value in found if value]


def _changes(folder: Path, known: str, now: Fingerprint) -> Iterator[str]:
    """What has changed, as far as it is known."""
    with suppress(BrokenFile):
        then = read_fingerprint(folder)
        if then.digest == known:
            yield from changes(then, now)
            return
    yield "the names of what has changed are not known, because data.sums is missing or damaged"
