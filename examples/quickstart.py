"""Shows the Python API: trains on eight Gaussians for a few seconds, then samples.

Run it with ``python examples/quickstart.py``.
"""

import ganzoo

training = ganzoo.train(
    "vanilla-mlp",
    dataset="ring",
    settings={"steps": 1000, "log_every": 250, "lr": 1e-3},
)
for step in training:
    if step.metrics:
        print(step.step, {name: round(value, 3) for name, value in step.metrics.items()})

trained = ganzoo.load(training.run.path)
samples = trained.sample(2500, seed=1)
samples.save("ring.png")
print(f"{len(samples)} points in ring.png; the run is in {training.run.path}")
