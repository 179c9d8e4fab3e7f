"""Which curves a run has, in which figures, and how each is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ganzoo.errors import BrokenFile
from ganzoo.reporting.curves import BLUE, ORANGE, TEAL, Chart, Line, Values, coloured
from ganzoo.runs.folder import Run
from ganzoo.runs.table import Table

OWN = {
    "discriminator_loss": BLUE, "generator_loss": ORANGE,
    "discriminator_gradient": BLUE, "generator_gradient": ORANGE,
    "D(x)": BLUE, "D(G(z))": ORANGE, "score(x)": BLUE, "score(G(z))": ORANGE,
    "seen": BLUE, "unseen": TEAL, "fake": ORANGE,
}  # fmt: skip
"""What is real or the discriminator's is blue, what is generated or the generator's is orange."""


@dataclass(frozen=True)
class Group:
    """Columns that belong in one figure."""

    columns: Sequence[str]
    """Names, or an ending such as ``*_loss``."""
    title: str
    hint: str
    level: float | None = None
    log: bool = False
    whole: bool = False
    """Whether it counts something."""


GROUPS = (
    Group(
        ("*_loss",),
        "Losses",
        "What each player minimises. Neither has to fall, because the opponent learns, too.",
    ),
    Group(
        ("D(x)", "D(G(z))"),
        "Verdicts while training",
        "The discriminator’s mean probability of being real, for real samples, D(x), and for "
        "generated ones, D(G(z)). At one half it cannot tell them apart.",
        level=0.5,
    ),
    Group(
        ("score(x)", "score(G(z))"),
        "Scores while training",
        "The critic’s mean score of real samples and of generated ones. Only their difference "
        "has a meaning.",
    ),
    Group(
        ("*_gradient",),
        "Gradient norms",
        "How strongly each loss pulls at the weights. A player whose gradient vanishes stops "
        "learning.",
        log=True,
    ),
    Group(
        ("diversity",),
        "Diversity",
        "The mean distance between generated samples, relative to real ones. At 1 they vary as "
        "much as the data. At 0 they are all the same.",
        level=1,
    ),
    Group(
        ("distance",),
        "Distance to the data",
        "The energy distance between generated and real samples. It is 0 when their distributions "
        "are equal.",
        level=0,
    ),
    Group(
        ("modes",),
        "Modes found",
        "How many of the data’s modes have at least one good sample.",
        whole=True,
    ),
    Group(
        ("good",),
        "Good samples",
        "The share of samples within three standard deviations of a mode’s centre.",
        level=1,
    ),
    Group(
        ("seen", "unseen", "fake"),
        "Does the discriminator memorise?",
        "Its mean raw output on real samples that it trains on (seen), on real samples kept from "
        "it (unseen), and on generated ones (fake). If seen and unseen drift apart, it memorises.",
    ),
    Group(
        ("change",),
        "Change between grids",
        "How far the samples of the same latents have moved since the previous grid.",
    ),
)


LOGGED = "Logged by the model next to its losses."


def numbers(table: Table) -> dict[str, Values]:
    """A table's columns; what is no number is NaN, and a damaged table has none."""
    try:
        rows = table.numbers()
    except BrokenFile:
        return {}
    return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}


def charts(run: Run) -> list[Chart]:
    """A run's figures."""
    tables = [numbers(run.metrics), numbers(run.health)]
    real = run.real() if any(tables) else None
    modes = len(real.modes.centres) if real and real.modes else None
    made = []
    for table in tables:
        for group, columns in _grouped(list(table)):
            colours = coloured(columns, OWN)
            # a score is not in every row
            due = np.any([np.isfinite(table[name]) for name in columns], axis=0)
            lines = [Line(_spelt(name), colours[name], table[name][due]) for name in columns]
            made.append(_chart(group, table["step"][due], lines, modes))
    return _numbered(made)


def overlaid(columns: Mapping[str, Sequence[Run]], colours: Mapping[str, str]) -> list[Chart]:
    """A figure for each number, in which each column has a curve of its colour.

    That of several runs is their mean, with a band of one standard error on either side.
    """
    metrics = {label: [numbers(r.metrics) for r in runs] for label, runs in columns.items()}
    health = {label: [numbers(r.health) for r in runs] for label, runs in columns.items()}
    made = []
    for tables in (metrics, health):
        for group, names in _grouped([c for ts in tables.values() for t in ts for c in t]):
            for name in names:
                having = {k: [t for t in ts if name in t] for k, ts in tables.items()}
                steps = np.unique(np.concatenate([t["step"] for ts in having.values() for t in ts]))
                lines = [
                    _mean(label, colours[label], [_at(steps, t["step"], t[name]) for t in ts])
                    for label, ts in having.items()
                    if ts
                ]
                title = group.title if group.columns == (name,) else _title(name)
                one = replace(group, columns=(name,), title=title)
                made.append(_chart(one, steps, lines, None))
    return _numbered(made)


def _mean(name: str, colour: str, curves: Sequence[Values]) -> Line:
    """The mean of several curves where all have a value, with its standard error as a band."""
    if len(curves) == 1:
        return Line(name, colour, curves[0])
    all_of_them = np.stack(curves)
    mean = all_of_them.mean(axis=0)
    with np.errstate(invalid="ignore"):  # of infinite numbers
        error = all_of_them.std(axis=0, ddof=1) / np.sqrt(len(curves))
    # a logarithmic axis has no room below the least that any run had
    low = np.maximum(mean - error, all_of_them.min(axis=0))
    return Line(name, colour, mean, (low, mean + error))


def _numbered(made: Sequence[Chart | None]) -> list[Chart]:
    """Those that there are, each with an id of its own: two names may look alike as one."""
    found = [chart for chart in made if chart]
    ids = [chart.id for chart in found]
    return [
        replace(chart, id=f"{chart.id}-{i}") if chart.id in ids[:i] else chart
        for i, chart in enumerate(found)
    ]


def _grouped(columns: Sequence[str]) -> Iterator[tuple[Group, list[str]]]:
    """Every column but the axes in one figure, those that a move logs of its own last."""
    left = [c for c in dict.fromkeys(columns) if c not in ("step", "epoch")]
    for group in GROUPS:
        inside = [c for c in left if any(_fits(c, pattern) for pattern in group.columns)]
        if inside:
            yield group, inside
        left = [c for c in left if c not in inside]
    for column in left:
        hint = "A metric’s score during training." if "." in column else LOGGED
        yield Group((column,), _title(column), hint), [column]


def _chart(group: Group, steps: Values, lines: list[Line], modes: int | None) -> Chart | None:
    known = [line for line in lines if np.isfinite(line.values).any()]
    if not known:
        return None
    values = np.concatenate([line.values[np.isfinite(line.values)] for line in known])
    log = group.log and bool((values > 0).all())
    level = modes if group.columns[0] == "modes" else group.level
    whole = not log and (group.whole or bool((values == values.round()).all()))
    name = "-".join(group.columns).replace("*_", "").replace("(", "-").replace(")", "")
    ident = "".join(c if c.isalnum() or c == "-" else "-" for c in name)
    return Chart(f"chart-{ident}", group.title, group.hint, steps, known, level, log, whole)


def _fits(column: str, pattern: str) -> bool:
    return column.endswith(pattern[1:]) if pattern.startswith("*") else column == pattern


def _at(steps: Values, own: Values, values: Values) -> Values:
    """A run's values at other steps than its own, between those that it has."""
    known = np.isfinite(values)
    if not known.any():
        return np.full_like(steps, np.nan)
    return np.interp(steps, own[known], values[known], left=np.nan, right=np.nan)


def _spelt(name: str) -> str:
    return name.removesuffix("_loss").removesuffix("_gradient").replace("_", " ")


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
