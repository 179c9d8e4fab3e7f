"""``ganzoo write``: writes a model as one plain PyTorch file."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli.apart import apart
from ganzoo.cli.console import command, known, loading, print_name, say
from ganzoo.cli.request import (
    MODEL,
    BatchSize,
    DatasetName,
    Epochs,
    LossName,
    Penalties,
    Preset,
    Seed,
    Settings,
    Steps,
    overrides,
)
from ganzoo.prose.commands import quoted


@command
def write(
    model: Annotated[str, MODEL],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="The file to write, such as mygan.py."),
    ],
    preset: Preset = None,
    dataset: DatasetName = None,
    loss: LossName = None,
    penalty: Penalties = None,
    epochs: Epochs = None,
    steps: Steps = None,
    batch_size: BatchSize = None,
    seed: Seed = None,
    settings: Settings = None,
) -> None:
    """Write a model as one plain PyTorch file, which trains it without ganzoo."""
    from ganzoo.training.plan import Request, plan

    options: dict[str, int | None] = {
        "epochs": epochs, "steps": steps, "batch_size": batch_size, "seed": seed,
    }  # fmt: skip
    changed = overrides(settings, **options)
    request = Request(
        model, loss, ",".join(penalty or ()) or None, dataset, preset, overrides=changed
    )
    zoo = known()
    with loading():
        settled = plan(zoo, request)
        writing = importlib.import_module("ganzoo.writing.write")
    named = {"preset": preset, "dataset": dataset, "loss": loss, **options}
    words: list[str] = []
    for name, value in named.items():
        words += [] if value is None else [f"--{name.replace('_', '-')}", str(value)]
    words += [word for text in penalty or () for word in ("--penalty", text)]
    words += [word for text in settings or () for word in ("--set", text)]
    with apart():
        written = writing.write(zoo, settled, out, [*words, "-o", out.name])
    say(f"Wrote {out}, {written.lines} lines of PyTorch. Its losses match ganzoo's.", style="green")
    if written.data is not None:
        say(f"Its data is in {written.data}, which must stay next to it.")
    say(f"To train: python {quoted(out)}")
    print_name(out)
