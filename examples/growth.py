"""Draws one picture of a run's progress: eight moments, one per row, from the same latents.

The moments are evenly spaced on a logarithmic scale. Run it with
``python examples/growth.py RUN OUT.png``. Without arguments it trains a short run.
"""

import sys

import torch

import ganzoo

ROWS = 8


def moments(steps: list[int]) -> list[int]:
    """Eight of a run's kept steps (newest first), from the first after 0 to the last."""
    last, first = steps[0], min(step for step in steps if step)
    wanted = [first * (last / first) ** (i / (ROWS - 1)) for i in range(ROWS)]
    return [min(steps, key=lambda step: abs(step - w)) for w in wanted]


def main(run: str | None = None, out: str = "growth.png") -> None:
    if run is None:
        settings = {"steps": 40, "sample_every": 5}
        training = ganzoo.train("vanilla-mlp", dataset="mnist-5k", settings=settings)
        for _ in training:
            pass
        run = str(training.run.path)
    steps = moments(ganzoo.load(run).steps)
    rows = [ganzoo.load(run, step).sample(ROWS, seed=0) for step in steps]
    ganzoo.Samples(torch.cat([row.tensor for row in rows]), rows[0].field).save(out)
    print(f"{out}: steps {', '.join(map(str, steps))}")


main(*sys.argv[1:])
