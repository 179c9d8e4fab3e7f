"""The progress bar of a training that was started from Python."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from ganzoo.engine.events import Event, Started, Step
from ganzoo.prose.visible import visible

if TYPE_CHECKING:
    from tqdm import tqdm

OFTEN = 0.1
"""Fewest seconds between changes of the bar in a terminal."""
IN_NOTEBOOK = 0.5
"""The same in a notebook, where each change is a message to the browser."""
COLUMNS = 110
"""Width of the bar in a notebook, which does not state its width."""


def wanted() -> bool:
    """Whether a bar is visible, in a notebook or in a terminal."""
    in_terminal = sys.stderr is not None and sys.stderr.isatty()
    return _notebook() is not None or (in_terminal and os.environ.get("TERM") != "dumb")


class Bar:
    """An observer that shows steps, losses, pace and the remaining time.

    In a terminal it clears its line at steps with metrics. Otherwise a loop that prints them would
    print into the bar.
    """

    _bar: tqdm[Any]

    def __init__(self) -> None:
        self._away = False

    def __call__(self, event: Event) -> None:
        """Show the event."""
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
            desc=visible(f"{started.settings['model']} on {started.settings['dataset']}"),
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
            self._bar.set_postfix_str(visible(", ".join(losses)), refresh=False)
        self._bar.update(step.step - self._bar.n)
        if step.metrics and not self._in_notebook:
            self._bar.clear()
            self._away = True


class _Output:
    """A file for tqdm. It is an output of a notebook's cell that shows only the latest text.

    tqdm's own bar for notebooks needs ipywidgets and warns if they are missing. Plain text needs
    nothing else, and a saved notebook keeps it.
    """

    def __init__(self, notebook: Any) -> None:
        self._handle = notebook.display.display(_text(""), raw=True, display_id=True)

    def write(self, text: str) -> None:
        """Show this text instead of the last."""
        if text.strip():
            self._handle.update(_text(text.strip()), raw=True)

    def flush(self) -> None:
        """Nothing to do, because `write` shows the text."""


def _text(text: str) -> dict[str, str]:
    return {"text/plain": text}


def _notebook() -> Any:
    """The module IPython if this process is the kernel of a notebook, or else ``None``."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return ipython if shell is not None and "IPKernelApp" in shell.config else None
