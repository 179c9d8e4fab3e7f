"""A run as plugins read it, with its settings, its numbers and its trained model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.registry.registry import Registry
from ganzoo.registry.registry import registry as installed
from ganzoo.reporting.charts import numbers
from ganzoo.reporting.facts import reached
from ganzoo.runs.finding import find

if TYPE_CHECKING:
    from ganzoo.pictures.samples import Samples
    from ganzoo.reporting.curves import Values
    from ganzoo.training.loading import Moment
    from ganzoo.training.trained import Trained


class Recorded:
    """A run's folder, for plugins that read it: ``ganzoo.Recorded("runs/ring").metrics["step"]``.

    Args:
        run: its folder, or its name under ``runs/``.
        zoo: the registry that has its model; by default that of this process.

    Raises:
        UsageError: there is no such run.
        BrokenFile: the run's record is damaged.
    """

    def __init__(self, run: str | Path, zoo: Registry | None = None) -> None:
        self._run = find(run)
        self._zoo = zoo
        self._record = self._run.record
        self.path: Path = self._run.folder
        """The run's folder."""
        self.model: str = self._record.model
        """The model's name."""
        self.dataset: str = self._record.dataset
        """The dataset's name."""
        self.loss: str | None = self._record.loss
        """The loss's name, or ``None`` if the model has its own objective."""
        self.penalty: str | None = self._record.penalty
        """The penalty's name, if there is one."""
        self.settings: Mapping[str, Any] = dict(self._record.settings)
        """The value of every setting by qualified key, such as ``"trainer.lr"``."""
        self.total: int = self._record.total
        """The steps of the whole run."""

    def __repr__(self) -> str:
        return f"<Recorded {self.model} on {self.dataset}: {self.path}>"

    @cached_property
    def step(self) -> int:
        """The step that it has reached."""
        return reached(self._run)

    @cached_property
    def metrics(self) -> Mapping[str, Values]:
        """The columns of ``metrics.csv`` by name, each (n,) float64 with NaN for empty cells.

        ``"step"`` has the steps of the others. A run without rows has no columns.
        """
        return numbers(self._run.metrics)

    @cached_property
    def health(self) -> Mapping[str, Values]:
        """The columns of ``health.csv``, in the same form."""
        return numbers(self._run.health)

    @cached_property
    def real(self) -> Samples | None:
        """The real samples that the run keeps to show next to generated ones, if there are any."""
        look = self._run.real()
        return look.samples if look else None

    def trained(self, step: Moment = None) -> Trained:
        """The model with the newest weights, with those of a grid's ``step``, or the ``"best"``.

        Raises:
            UsageError: There are no such weights, or the model's plugin is not there.
            BrokenFile: The run's files are damaged.
        """
        from ganzoo.training.loading import load

        return load(self._zoo or installed(), self._run.folder, step)
