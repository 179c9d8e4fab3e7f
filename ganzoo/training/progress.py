"""A bar that shows how far a run is that is trained from Python."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from ganzoo.engine.events import Event, Started, Step

if TYPE_CHECKING:
    from tqdm import tqdm

OFTEN = 0.1
"""Seconds between changes of the bar in a terminal, at least."""
IN_NOTEBOOK = 0.5
"""The same in a notebook, where each change is a message to the browser."""
COLUMNS = 110
"""Width of the bar in a notebook, which has no columns of its own."""


def wanted() -> bool:
    """Whether someone can see a bar: this is a notebook, or stderr is a terminal."""
    in_terminal = sys.stderr is not None and sys.stderr.isatty()
    return _notebook() is not None or (in_terminal and os.environ.get("TERM") != "dumb")


class Bar:
    """Hears of a run's events, and shows steps, losses, pace and the time that is left.

    In a terminal it leaves an empty line to steps that bring metrics: a loop that prints them
    would otherwise print into the bar.
    """

    _bar: tqdm[Any]

    def __init__(self) -> None:
        self._away = False

    def __call__(self, event: Event) -> None:
        """Take it in."""
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Step):
            self._step(event)
        else:
            self._bar.close()

    def _begin(self, started: Started) -> None:
        from tqdm import tqdm

        notebook = _notebook()
        where: dict[str, Any] = {"file": sys.stderr, "dynamic_ncols": True, "mininterval": OFTEN}
        if notebook is not None:
            where = {"file": _Output(notebook), "ncols": COLUMNS, "ascii": False}
            where["mininterval"] = IN_NOTEBOOK
        self._in_notebook = notebook is not None
        self._bar = tqdm(
            desc=f"{started.settings['model']} on {started.settings['dataset']}",
            total=started.total, initial=started.step, unit="step", **where,
        )  # fmt: skip

    def _step(self, step: Step) -> None:
        if self._away:
            self._bar.refresh()
            self._away = False
        if step.metrics:
            losses = [
                f"{name.removesuffix('_loss').replace('_', ' ')} {value:.3f}"
                for name, value in step.metrics.items()
                if name.endswith("loss")
            ]
            self._bar.set_postfix_str(", ".join(losses), refresh=False)
        self._bar.update(step.step - self._bar.n)
        if step.metrics and not self._in_notebook:
            self._bar.clear()
            self._away = True


class _Output:
    """A file for tqdm: one output of a notebook's cell that shows what was written last.

    tqdm's own bar for notebooks needs ipywidgets, and warns where they are missing. Plain text in
    an output of its own needs nothing, and a notebook that is saved keeps it.
    """

    def __init__(self, notebook: Any) -> None:
        self._handle = notebook.display.display(_text(""), raw=True, display_id=True)

    def write(self, text: str) -> None:
        """Show this in place of what was there."""
        if text.strip():
            self._handle.update(_text(text.strip()), raw=True)

    def flush(self) -> None:
        """It was shown when it was written."""


def _text(text: str) -> dict[str, str]:
    return {"text/plain": text}


def _notebook() -> Any:
    """The module IPython where this process is the kernel of a notebook; else nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return ipython if shell is not None and "IPKernelApp" in shell.config else None
