r"""A run's metrics, grids and weights as TensorBoard's event files.

An event file only grows: each record is a *tag*, a *step* and a value. It lets two runs, or two
hundred, lie over each other in one plot. What to look for in a GAN's:

- *Scalars.* Neither loss need fall: each player's task gets harder as the other learns. Look at the
  discriminator's verdicts instead. ``D(x)`` near 1 with ``D(G(z))`` near 0 means that it tells all
  fakes, and the generator has little to learn from. At the optimum both are 1/2 (Goodfellow et al.
  2014, proposition 1 and theorem 1), but both may be near 1/2 without it.
- *Images* tell. The latents are the same at each step, so the slider shows the same samples change.
  Where all are alike, the generator has collapsed to one mode; where all wander together, it goes
  from one to the next as the discriminator catches up.
- *Histograms.* Weights that widen without end come before losses that are no longer numbers.

A resumed run repeats the steps since its checkpoint, which the files have already. So it begins a
new file with the mark "from this step on, forget": readers then show each step once.

Sources: https://www.tensorflow.org/tensorboard; Goodfellow et al., "Generative Adversarial Nets",
2014, https://arxiv.org/abs/1406.2661
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import ganzoo


@dataclass(frozen=True)
class TensorBoard:
    """Writes a run's event files."""

    folder: Path = Path("tensorboard")
    """Where the event files go, seen from the run's folder."""

    def watch(self, started: ganzoo.Started) -> Callable[[ganzoo.Step | ganzoo.Ended], None]:
        try:
            from torch.utils.tensorboard import SummaryWriter  # not before: it takes a second
        except ImportError as error:
            raise ganzoo.GanzooError(
                f"TensorBoard cannot be imported ({error}): pip install 'tensorboard>=2.15'"
            ) from error

        folder = started.run / self.folder
        files = list(folder.glob("events.out.tfevents.*"))
        wait_for_a_later_name(files)
        # the checkpoint's own step stays; but a run that goes on from step 0 tells it once more
        again_from = started.step + 1 if started.step else 0
        writer = SummaryWriter(str(folder), purge_step=again_from, flush_secs=10)
        if not files or again_from == 0:
            writer.add_text("settings", table(started.settings), started.step)

        def hear(event: ganzoo.Step | ganzoo.Ended) -> None:
            if isinstance(event, ganzoo.Ended):
                writer.close()
                return
            for name, value in (event.metrics or {}).items():
                writer.add_scalar(f"metrics/{name}", value, event.step)
            for name, value in (event.scores or {}).items():
                writer.add_scalar(f"scores/{name}", value, event.step)
            if event.samples is not None:
                samples = ganzoo.Samples(event.samples, started.field, started.extent)
                if samples.drawable:
                    pixels = np.asarray(samples.picture())
                    writer.add_image("samples", pixels, event.step, dataformats="HWC")
            for name, values in (event.weights or {}).items():
                if values.is_floating_point() and values.numel():  # a counter has no distribution
                    writer.add_histogram(f"weights/{name}", values.float(), event.step)
            if event.state is not None:
                writer.flush()  # a kill then loses only what a resumed run repeats

        return hear


def wait_for_a_later_name(files: Sequence[Path]) -> None:
    """Wait until a new file's name comes after those of ``files``, for a second at most.

    TensorBoard reads a run's files in the order of their names. A name begins with the second in
    which the file was made; between files of one second the order would be chance.
    """
    seconds = {file.name.split(".")[3] for file in files}
    while f"{int(time.time()):010d}" in seconds:
        time.sleep(0.02)


def table(settings: Mapping[str, Any]) -> str:
    """Names and values as a table in Markdown."""
    rows = [("setting", "value"), ("---", "---"), *settings.items()]
    cells = [[str(cell).replace("|", r"\|") for cell in row] for row in rows]
    return "\n".join(f"| {name} | {value} |" for name, value in cells)
