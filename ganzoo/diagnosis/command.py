"""A run's command, with a few things changed, ready to be copied."""

from __future__ import annotations

import shlex
from typing import Any

from ganzoo.prose.commands import joined
from ganzoo.runs.record import RunRecord

Changes = dict[str, Any]
"""``"--loss"`` or a setting's key -> its new value; ``None`` leaves it out."""
ORDER = (
    "--preset", "--dataset", "--loss", "--penalty", "--augmentation", "--observer", "--metric",
    "--set",
)  # fmt: skip


def changed(record: RunRecord, changes: Changes) -> str:
    """The command that repeats a run with changes. A part that is replaced loses its settings."""
    words = shlex.split(record.command)
    start = words.index("train") + 2  # after: ganzoo --plugin FILE train MODEL
    options = list(zip(words[start::2], words[start + 1 :: 2], strict=False))
    replaced = {key.removeprefix("--") for key in changes if key.startswith("--")}
    kept = [
        (option, value)
        for option, value in options
        if option not in changes
        and value != "trainer.epochs=None"  # what --steps leaves behind
        and not (
            option == "--set"
            and ((key := value.partition("=")[0]) in changes or key.partition(".")[0] in replaced)
        )
    ]
    new = [
        (key, str(value)) if key.startswith("--") else ("--set", f"{key}={_text(value)}")
        for key, value in changes.items()
        if value is not None
    ]
    pairs = sorted(kept + new, key=lambda pair: ORDER.index(pair[0]))
    return joined([*words[:start], *(word for pair in pairs for word in pair)])


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return str(list(value))
    return f"{value:.2g}" if isinstance(value, float) else str(value)
