"""The options that say what a run is made of, for the commands that take a model."""

from __future__ import annotations

from typing import Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import key_value
from ganzoo.registry.records import Dataset, Loss, Model, Penalty
from ganzoo.registry.settings import Override

MODEL = typer.Argument(
    help="The model's name. `ganzoo list models` lists them.",
    autocompletion=complete.names(Model),
    metavar="MODEL",
)
Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="A named set of the model's settings, such as quick.",
        autocompletion=complete.presets,
    ),
]
DatasetName = Annotated[
    str | None,
    typer.Option(
        help="The dataset's name; by default the model's choice. `ganzoo list datasets` lists "
        "them.",
        autocompletion=complete.names(Dataset),
    ),
]
LossName = Annotated[
    str | None, typer.Option(help="The loss's name.", autocompletion=complete.names(Loss))
]
Penalties = Annotated[
    list[str] | None,
    typer.Option(
        help="A penalty to add to the loss, or none. Several are added together.",
        autocompletion=complete.names(Penalty),
    ),
]
Epochs = Annotated[int | None, typer.Option(help="Length of the run in passes over the data.")]
Steps = Annotated[
    int | None, typer.Option(help="Length of the run in steps. A step is one round of updates.")
]
BatchSize = Annotated[int | None, typer.Option(help="Number of samples in a batch.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same run; 0 by default.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change any setting. `ganzoo info MODEL` lists them. The last value counts.",
    ),
]


def overrides(settings: list[str] | None, **options: int | str | None) -> tuple[Override, ...]:
    """What the options of the trainer and ``--set`` change. The last ``--set`` wins."""
    given = [
        Override(f"trainer.{name}", value, f"--{name.replace('_', '-')}")
        for name, value in options.items()
        if value is not None
    ]
    return (*given, *(Override(*key_value(text), "--set") for text in reversed(settings or ())))
