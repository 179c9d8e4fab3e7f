"""Counts how often a trained run draws each digit, which shows mode collapse.

Each sample gets the label of its nearest neighbour among 5,000 real digits, by pixel distance. This
labels about 94 % of real test digits correctly. A generator that has learnt the whole distribution
draws each digit 10 % of the time.

Run it with ``python examples/count_digits.py RUN [N]``. Without a run it trains a short one.
"""

import sys

import torch

import ganzoo


def nearest_labels(samples: torch.Tensor) -> torch.Tensor:
    """The label of each sample's nearest neighbour: (N, 1, 28, 28) in [-1, 1] -> (N,)."""
    data = ganzoo.load_data("mnist-5k")
    real = torch.as_tensor(data.arrays["image"]).flatten(1) / 127.5 - 1  # (M, 784)
    labels = torch.as_tensor(data.arrays["label"])
    flat = samples.flatten(1)  # (N, 784)
    return torch.cat([labels[torch.cdist(part, real).argmin(1)] for part in flat.split(1000)])


def main(run: str | None = None, n: str = "10000") -> None:
    if run is None:
        training = ganzoo.train("vanilla-mlp", dataset="mnist-5k", settings={"steps": 100})
        for _ in training:
            pass
        run, n = str(training.run.path), "200"
    trained = ganzoo.load(run)
    counts = nearest_labels(trained.sample(int(n)).tensor).bincount(minlength=10)
    print(f"{n} samples of {run} at step {trained.step}")
    for digit, count in enumerate(counts.tolist()):
        share = count / int(n)
        print(f"{digit}  {share:6.1%}  {'#' * round(100 * share)}")


main(*sys.argv[1:])
