"""The length of a run, which is in epochs or in steps."""

from __future__ import annotations

from collections.abc import Sequence

from ganzoo.errors import UsageError
from ganzoo.registry.settings import Override, at_once


def one_length(overrides: Sequence[Override]) -> Sequence[Override]:
    """A run's length is in epochs or in steps. The first that is set wins.

    Raises:
        UsageError: The user sets both at one time.
    """
    units = {f"{group}{unit}": unit for unit in ("epochs", "steps") for group in ("", "trainer.")}
    lengths = [w for w in overrides if w.key in units and w.value not in (None, "none")]
    if not lengths:
        return overrides
    first = lengths[0]
    for other in lengths:
        if (
            units[other.key] != units[first.key]
            and at_once(other.source, first.source)
            and is_the_users(first.source)
            and not first.source.endswith(".json")  # where every value is set
        ):
            sources = " and ".join(dict.fromkeys((first.source, other.source)))
            raise UsageError(
                f"{sources}: epochs and steps both set the length of the run. Give only one"
            )
    if units[first.key] == "steps":
        return [Override("trainer.epochs", None, first.source), *overrides]
    return overrides


def is_the_users(source: str) -> bool:
    """Whether the user set what comes from a source."""
    return not source.startswith(("default", "model ", "loss ", "preset "))
