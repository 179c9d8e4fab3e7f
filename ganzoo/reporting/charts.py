"""Chooses the figures of a run, the curves in each, and the hint that explains it."""

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
"""Blue is for real samples and the discriminator, orange for generated ones and the generator."""


@dataclass(frozen=True)
class Group:
    """Columns of a table that share a figure."""

    columns: Sequence[str]
    """Names, or endings such as ``*_loss``."""
    title: str
    hint: str
    level: float | None = None
    log: bool = False
    whole: bool = False
    """Whether its values are counts."""


GROUPS = (
    Group(
        ("*_loss",),
        "Losses",
        "Each player minimises its own loss. Neither loss has to fall, because the opponent "
        "learns, too.",
    ),
    Group(
        ("D(x)", "D(G(z))"),
        "Verdicts during training",
        "The mean probability of being real that the discriminator gives real samples, D(x), and "
        "generated ones, D(G(z)). If both are 0.5, it cannot tell them apart.",
        level=0.5,
    ),
    Group(
        ("score(x)", "score(G(z))"),
        "Scores during training",
        "The critic’s mean score for real samples, score(x), and for generated ones, score(G(z)). "
        "Only their difference is meaningful.",
    ),
    Group(
        ("*_gradient",),
        "Gradient norms",
        "The size of each player’s gradient. A player whose gradient vanishes stops learning.",
        log=True,
    ),
    Group(
        ("diversity",),
        "Diversity",
        "The mean distance between generated samples, divided by that between real ones. At 1, "
        "they vary as much as the data. At 0, they are all the same.",
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
        "The number of the data’s modes that have at least one good sample.",
        whole=True,
    ),
    Group(
        ("good",),
        "Good samples",
        "The share of generated samples within three standard deviations of a mode’s centre.",
        level=1,
    ),
    Group(
        ("seen", "unseen", "fake"),
        "Memorisation by the discriminator",
        "Its mean raw output on real samples that it trains on (seen), on real samples that are "
        "held out (unseen), and on generated ones (fake). If seen and unseen drift apart, it is "
        "memorising.",
    ),
    Group(
        ("change",),
        "Change between grids",
        "How far the samples of fixed latents have moved since the previous grid.",
    ),
)


ALONE = {
    "D(x)": "The mean probability of being real that the discriminator gives real samples.",
    "D(G(z))": "The mean probability of being real that the discriminator gives generated samples.",
    "score(x)": "The critic’s mean score for real samples. Only its difference from score(G(z)) is "
    "meaningful.",
    "score(G(z))": "The critic’s mean score for generated samples. Only its difference from "
    "score(x) is meaningful.",
    "seen": "The discriminator’s mean raw output on real samples that it trains on.",
    "unseen": "The discriminator’s mean raw output on real samples that are held out. If it drifts "
    "away from the output on seen samples, the discriminator is memorising.",
    "fake": "The discriminator’s mean raw output on generated samples.",
}
"""The hint for a column that has a figure of its own in a comparison."""
LOGGED = "The model logs this value in addition to its losses."


def numbers(table: Table) -> dict[str, Values]:
    """A table's columns. Missing values are NaN, and a damaged table has no columns."""
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
            # not every row has a score
            due = np.any([np.isfinite(table[name]) for name in columns], axis=0)
            lines = [Line(_spelt(name), colours[name], table[name][due]) for name in columns]
            made.append(_chart(group, table["step"][due], lines, modes))
    return _numbered(made)


def overlaid(columns: Mapping[str, Sequence[Run]], colours: Mapping[str, str]) -> list[Chart]:
    """A figure for each quantity, with one curve for each column of a comparison.

    A column with several runs has the curve of their mean, in a band of one standard error on
    either side.
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
                hint = ALONE.get(name, group.hint)
                one = replace(group, columns=(name,), title=title, hint=hint)
                made.append(_chart(one, steps, lines, None))
    return _numbered(made)


def _mean(name: str, colour: str, curves: Sequence[Values]) -> Line:
    """The mean of the curves at steps where all have a value, with its standard error as a band."""
    if len(curves) == 1:
        return Line(name, colour, curves[0])
    all_of_them = np.stack(curves)
    mean = all_of_them.mean(axis=0)
    with np.errstate(invalid="ignore"):  # of infinite numbers
        error = all_of_them.std(axis=0, ddof=1) / np.sqrt(len(curves))
    # a logarithmic axis cannot show zero or less, so the band stops at the lowest curve
    low = np.maximum(mean - error, all_of_them.min(axis=0))
    return Line(name, colour, mean, (low, mean + error))


def _numbered(made: Sequence[Chart | None]) -> list[Chart]:
    """The charts that exist, each with a unique id: two columns' names can give the same one."""
    found = [chart for chart in made if chart]
    ids = [chart.id for chart in found]
    return [
        replace(chart, id=f"{chart.id}-{i}") if chart.id in ids[:i] else chart
        for i, chart in enumerate(found)
    ]


def _grouped(columns: Sequence[str]) -> Iterator[tuple[Group, list[str]]]:
    """Assigns every column but the axes to one figure. Columns that no group names come last."""
    left = [c for c in dict.fromkeys(columns) if c not in ("step", "epoch")]
    for group in GROUPS:
        inside = [c for c in left if any(_fits(c, pattern) for pattern in group.columns)]
        if inside:
            yield group, inside
        left = [c for c in left if c not in inside]
    for column in left:
        hint = "This metric’s score during training." if "." in column else LOGGED
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
    """A run's values at other steps, interpolated between its own."""
    known = np.isfinite(values)
    if not known.any():
        return np.full_like(steps, np.nan)
    return np.interp(steps, own[known], values[known], left=np.nan, right=np.nan)


def _spelt(name: str) -> str:
    return name.removesuffix("_loss").removesuffix("_gradient").replace("_", " ")


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
