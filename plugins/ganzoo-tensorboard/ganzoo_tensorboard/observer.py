r"""Writes a run's metrics, grids and weights as TensorBoard's event files.

An event file only grows. Each record has a *tag*, a *step* and a value. TensorBoard can overlay two
runs, or two hundred, in one plot. Look for these signs in a GAN:

- *Scalars.* Neither loss has to fall, because each player's task gets harder as the other learns.
  Look at the discriminator's verdicts. ``D(x)`` near 1 with ``D(G(z))`` near 0 means that it
  recognises all fakes, and the generator has little to learn from. At the optimum both are 1/2
  (Goodfellow et al. 2014, proposition 1 and theorem 1), but both can be near 1/2 elsewhere too.
- *Images* show the most. The latents are the same at each step, so the slider shows how the same
  samples change. If all samples are alike, the generator has collapsed to one mode. If all move
  together, it moves from mode to mode as the discriminator catches up.
- *Histograms.* Weights that keep growing announce losses that are not finite.

A resumed run repeats the steps since its checkpoint, which are already in the files. So it starts a
new file with a mark that tells readers to drop the older records from this step on. They then show
each step once.

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
    """Folder of the event files, relative to the run's folder."""

    def watch(self, started: ganzoo.Started) -> Callable[[ganzoo.Step | ganzoo.Ended], None]:
        try:
            from torch.utils.tensorboard import SummaryWriter  # not before: it takes a second
        except ImportError as error:
            raise ganzoo.GanzooError(
                f"cannot import TensorBoard ({error}); pip install 'tensorboard>=2.15'"
            ) from error

        folder = started.run / self.folder
        files = list(folder.glob("events.out.tfevents.*"))
        wait_for_a_later_name(files)
        # the checkpoint's own step stays, but a run that resumes from step 0 writes it again
        again_from = started.step + 1 if started.step else 0
        writer = SummaryWriter(str(folder), purge_step=again_from, flush_secs=10)
        if not files or again_from == 0:
            writer.add_text("settings", table(started.settings), started.step)

        def write(event: ganzoo.Step | ganzoo.Ended) -> None:
            if isinstance(event, ganzoo.Ended):
                writer.close()
                return
            for name, value in (event.metrics or {}).items():
                writer.add_scalar(f"metrics/{name}", value, event.step)
            for name, value in (event.scores or {}).items():
                writer.add_scalar(f"scores/{name}", value, event.step)
            if event.samples is not None:
                of = started.field, started.extent, event.columns
                samples = ganzoo.Samples(event.samples, *of)
                if samples.drawable:
                    pixels = np.asarray(samples.picture())
                    writer.add_image("samples", pixels, event.step, dataformats="HWC")
            for name, values in (event.weights or {}).items():
                if values.is_floating_point() and values.numel():  # a counter has no distribution
                    writer.add_histogram(f"weights/{name}", values.float(), event.step)
            if event.state is not None:
                writer.flush()  # a kill then loses only what a resumed run repeats

        return write


def wait_for_a_later_name(files: Sequence[Path]) -> None:
    """Wait until a new file's name sorts after those of ``files``, for at most a second.

    TensorBoard reads a run's files in the order of their names. A name begins with the second in
    which the file was made, so files of the same second would have a random order.
    """
    seconds = {file.name.split(".")[3] for file in files}
    while f"{int(time.time()):010d}" in seconds:
        time.sleep(0.02)


def table(settings: Mapping[str, Any]) -> str:
    """Names and values as a Markdown table."""
    rows = [("setting", "value"), ("---", "---"), *settings.items()]
    cells = [[str(cell).replace("|", r"\|") for cell in row] for row in rows]
    return "\n".join(f"| {name} | {value} |" for name, value in cells)
