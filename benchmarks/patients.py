"""The runs that the diagnosis was made with and held against, each with what it was declared to be.

A declaration comes from how a run was set up and, in set A, from looking at its grids and curves,
never from the diagnosis. Settings are such as a learner may choose. Set A tuned the thresholds; set
B has other models, data, losses and seeds, and was declared before its runs were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

PLANE = "--set model.latent=2 --set model.generator=[64,64] --set model.discriminator=[64,64]"
"""Small perceptrons for points."""


@dataclass(frozen=True)
class Patient:
    """A run, and what is wrong with it."""

    name: str
    illness: str
    """Empty: nothing."""
    settings: str
    """Arguments of ``ganzoo train``."""


def shapes(folder: Path, n: int) -> None:
    """Pictures to learn that are no digits: a bright ellipse, box or triangle each, 28 x 28."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for i in range(n):
        picture = Image.new("L", (28, 28))
        draw = ImageDraw.Draw(picture)
        (x, y), size = random.integers(3, 13, 2).tolist(), int(random.integers(6, 13))
        ink = int(random.integers(140, 256))
        if i % 3 == 2:
            draw.polygon([(x, y + size), (x + size, y + size), (x + size // 2, y)], fill=ink)
        else:
            (draw.ellipse if i % 3 else draw.rectangle)((x, y, x + size, y + size), fill=ink)
        picture.save(folder / f"{i:04}.png")


A = (
    Patient(
        "digits",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --steps 4000 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128] --set sample_every=200",
    ),
    Patient(
        "digits-least-squares",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --steps 4000 --batch-size 32 "
        "--set model.generator=[128,256] --set model.discriminator=[128] --set "
        "sample_every=200",
    ),
    Patient(
        "digits-five-moves",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --steps 800 --batch-size 32 --set "
        "model.generator=[64] --set model.discriminator=[512,256] --set critic_moves=5 "
        "--set lr=1e-3 --set sample_every=80",
    ),
    Patient(
        "digits-no-penalty",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --penalty none --steps 1000 "
        "--batch-size 32 --set model.generator=[128] --set model.discriminator=[128] "
        "--set sample_every=50 --set lr=1e-3",
    ),
    Patient(
        "digits-clipped",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss wgan --steps 500 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=50 --set lr=5e-4",
    ),
    Patient(
        "digits-r1",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --penalty r1 --set penalty.gamma=0.5 --steps 1500 "
        "--batch-size 32 --set model.generator=[128,256] --set model.discriminator=[128] "
        "--set sample_every=100 --set lr=5e-4",
    ),
    Patient(
        "dcgan-no-norm",
        "collapse",
        "dcgan --dataset mnist-5k --set dataset.size=300 --steps 600 --batch-size 32 "
        "--set model.width=8 --set model.norm=none --set sample_every=50",
    ),
    Patient(
        "dcgan-hinge",
        "collapse",
        "dcgan --dataset mnist-5k --loss hinge --steps 400 --batch-size 32 --set "
        "model.width=8 --set sample_every=50 --set model.norm=layer",
    ),
    Patient(
        "ring-wide",
        "collapse",
        "vanilla-mlp --dataset ring --set dataset.sigma=0.3 --steps 2500 --batch-size 64 "
        f"--set lr=2e-4 --set sample_every=125 {PLANE}",
    ),
    Patient(
        "ring",
        "oscillation",
        "vanilla-mlp --dataset ring --steps 3000 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=150 {PLANE}",
    ),
    Patient(
        "one-mode",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=1 --set dataset.sigma=0.05 "
        f"--steps 3000 --batch-size 64 --set lr=1e-3 --set sample_every=150 {PLANE}",
    ),
    Patient(
        "digits-minimax",
        "won",
        "vanilla-mlp --dataset mnist-5k --loss minimax --steps 1200 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[256,128] --set "
        "sample_every=100",
    ),
    Patient(
        "digits-fast",
        "won",
        "vanilla-mlp --dataset mnist-5k --steps 2000 --batch-size 32 --set lr=5e-3 --set "
        "model.generator=[128,256] --set model.discriminator=[128] --set sample_every=100",
    ),
    Patient(
        "digits-faster",
        "won",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --steps 1000 --batch-size 32 "
        "--set model.generator=[128] --set model.discriminator=[128] --set "
        "sample_every=50 --set lr=5e-2",
    ),
    Patient(
        "dcgan-wider",
        "won",
        "dcgan --dataset mnist-5k --seed 1 --steps 350 --batch-size 32 --set "
        "model.width=12 --set sample_every=50",
    ),
    Patient(
        "dcgan-300",
        "won",
        "dcgan --dataset mnist-5k --set dataset.size=300 --seed 1 --steps 600 "
        "--batch-size 32 --set model.width=12 --set sample_every=60",
    ),
    Patient(
        "digits-sgd",
        "explosion",
        "vanilla-mlp --dataset mnist-5k --steps 2000 --batch-size 32 --set optimizer=sgd "
        "--set lr=1 --set model.generator=[128,256] --set model.discriminator=[128] --set "
        "sample_every=100",
    ),
    Patient(
        "ring-no-penalty",
        "explosion",
        "vanilla-mlp --dataset ring --loss wgan-div --penalty none --steps 1000 "
        f"--batch-size 64 --set sample_every=50 --set lr=1e-3 {PLANE}",
    ),
    Patient(
        "shapes-300-bce",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --seed 8 "
        "--steps 2500 --batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=250",
    ),
    Patient(
        "shapes-300-squares",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "least-squares --seed 9 --steps 2500 --batch-size 32 --set lr=5e-4 --set "
        "betas=[0.5,0.999] --set model.generator=[256,128] --set sample_every=250",
    ),
    Patient(
        "toy-ring",
        "",
        "wgan-gp-toy --steps 600 --batch-size 128 --set model.width=128 --set "
        "sample_every=60 --set lr=5e-4",
    ),
    Patient(
        "toy-4",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=4 --seed 2 --steps 400 "
        "--batch-size 128 --set model.width=96 --set lr=5e-4 --set sample_every=40",
    ),
    Patient(
        "toy-grid",
        "",
        "wgan-gp-toy --dataset grid --steps 500 --batch-size 128 --set model.width=128 "
        "--set sample_every=50 --set lr=5e-4",
    ),
    Patient(
        "ring-r1",
        "",
        "vanilla-mlp --dataset ring --penalty r1 --set penalty.gamma=1 --steps 3000 "
        "--batch-size 128 --set model.latent=2 --set model.generator=[128,128] --set "
        "model.discriminator=[128,128] --set lr=1e-3 --set sample_every=150 --set "
        "dataset.sigma=0.1",
    ),
    Patient(
        "grid",
        "",
        "vanilla-mlp --dataset grid --steps 2500 --batch-size 64 --set lr=5e-4 --set "
        f"sample_every=125 {PLANE}",
    ),
    Patient(
        "digits-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --steps 1200 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=100 --set lr=5e-4",
    ),
    Patient(
        "digits-gp-short",
        "",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --seed 3 --steps 400 --batch-size "
        "32 --set lr=5e-4 --set model.generator=[128,256] --set "
        "model.discriminator=[128,64] --set sample_every=50",
    ),
    Patient(
        "digits-less-momentum",
        "",
        "vanilla-mlp --dataset mnist-5k --seed 4 --steps 2500 --batch-size 32 --set "
        "betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=250",
    ),
    Patient(
        "dcgan",
        "",
        "dcgan --dataset mnist-5k --steps 600 --batch-size 32 --set model.width=8 --set "
        "sample_every=50",
    ),
    Patient(
        "dcgan-r1",
        "",
        "dcgan --dataset mnist-5k --penalty r1 --set model.norm=layer --steps 600 "
        "--batch-size 32 --set model.width=8 --set sample_every=50",
    ),
    Patient(
        "dcgan-least-squares",
        "",
        "dcgan --dataset mnist-5k --loss least-squares --steps 400 --batch-size 32 --set "
        "model.width=8 --set sample_every=50",
    ),
    Patient(
        "dcgan-gp-no-norm",
        "",
        "dcgan --dataset mnist-5k --loss wgan-gp --set model.norm=none --seed 5 --steps "
        "150 --batch-size 32 --set lr=5e-4 --set model.width=8 --set sample_every=15",
    ),
    Patient(
        "digits-500",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=500 --steps 2500 --batch-size "
        "32 --set model.discriminator=[256,128] --set model.generator=[128,256] --set "
        "sample_every=125 --set betas=[0.5,0.999]",
    ),
    Patient(
        "digits-200",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=200 --steps 1500 --batch-size "
        "32 --set model.discriminator=[256,128] --set model.generator=[128,256] --set "
        "sample_every=125 --set betas=[0.5,0.999] --seed 1",
    ),
    Patient(
        "digits-400",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=400 --seed 2 --steps 3000 "
        "--batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=250",
    ),
    Patient(
        "digits-600",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=600 --loss least-squares "
        "--seed 1 --steps 2000 --batch-size 32 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=200",
    ),
    Patient(
        "digits-500-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=500 --loss wgan-gp --seed 6 "
        "--steps 500 --batch-size 32 --set lr=5e-4 --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=50",
    ),
    Patient(
        "digits-1000-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=1000 --loss wgan-gp --seed 7 "
        "--steps 600 --batch-size 32 --set lr=1e-3 --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=60",
    ),
)

B = (
    Patient(
        "shapes-minimax",
        "won",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss minimax "
        "--seed 11 --steps 1200 --batch-size 48 --set model.generator=[96,192] --set "
        "model.discriminator=[192,96] --set sample_every=120",
    ),
    Patient(
        "dcgan-minimax",
        "won",
        "dcgan --dataset mnist-5k --loss minimax --seed 12 --set lr=2e-3 --set "
        "model.width=8 --set model.norm=layer --steps 500 --batch-size 32 --set "
        "sample_every=50",
    ),
    Patient(
        "digits-hinge",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=2000 --loss hinge --seed 13 "
        "--steps 2500 --batch-size 32 --set model.generator=[128,256] --set "
        "model.discriminator=[128] --set sample_every=250",
    ),
    Patient(
        "digits-bgan",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=3000 --loss bgan --seed 14 "
        "--steps 2500 --batch-size 32 --set model.generator=[96,192] --set "
        "model.discriminator=[160] --set sample_every=250",
    ),
    Patient(
        "toy-ring-hinge",
        "oscillation",
        "wgan-gp-toy --dataset ring --set dataset.modes=5 --loss hinge --seed 15 --steps "
        "2000 --batch-size 64 --set model.width=64 --set lr=1e-3 --set sample_every=100",
    ),
    Patient(
        "ring-2",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=2 --set dataset.sigma=0.02 --loss "
        "least-squares --seed 16 --steps 2000 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=100 {PLANE}",
    ),
    Patient(
        "toy-no-penalty",
        "explosion",
        "wgan-gp-toy --dataset grid --penalty none --seed 17 --steps 600 --batch-size 64 "
        "--set model.width=64 --set lr=1e-3 --set sample_every=50",
    ),
    Patient(
        "shapes-sgd",
        "explosion",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss "
        "least-squares --seed 18 --set optimizer=sgd --set lr=1 --steps 800 --batch-size "
        "32 --set model.generator=[128] --set model.discriminator=[128] --set "
        "sample_every=50",
    ),
    Patient(
        "shapes-300",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "least-squares --seed 20 --steps 2000 --batch-size 32 --set betas=[0.5,0.999] "
        "--set model.discriminator=[256,64] --set model.generator=[128,256] --set "
        "sample_every=200",
    ),
    Patient(
        "dcgan-200",
        "memorising",
        "dcgan --dataset mnist-5k --set dataset.size=200 --loss hinge --seed 19 --steps "
        "500 --batch-size 32 --set model.width=12 --set sample_every=50",
    ),
    Patient(
        "toy-12",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=12 --set dataset.sigma=0.03 "
        "--seed 21 --steps 500 --batch-size 128 --set model.width=128 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    Patient(
        "ring-3",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=3 --loss wgan-gp --set "
        "penalty.weight=0.1 --seed 22 --steps 600 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=60 {PLANE}",
    ),
    Patient(
        "grid-3",
        "",
        "vanilla-mlp --dataset grid --set dataset.side=3 --loss wgan-gp --set "
        "penalty.weight=0.1 --set critic_moves=3 --seed 30 --steps 800 --batch-size 64 "
        f"--set lr=1e-3 --set sample_every=80 {PLANE}",
    ),
    Patient(
        "grid-r1",
        "",
        "vanilla-mlp --dataset grid --set dataset.side=2 --set dataset.sigma=0.4 "
        "--penalty r1 --set penalty.gamma=1 --seed 23 --steps 2000 --batch-size 128 --set "
        f"lr=5e-4 --set sample_every=100 {PLANE}",
    ),
    Patient(
        "shapes-gp",
        "",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss wgan-gp "
        "--seed 27 --steps 400 --batch-size 32 --set lr=5e-4 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=40",
    ),
    Patient(
        "dcgan-gp",
        "",
        "dcgan --dataset mnist-5k --loss wgan-gp --set model.norm=layer --seed 28 --steps "
        "200 --batch-size 32 --set lr=5e-4 --set model.width=8 --set sample_every=20",
    ),
    Patient(
        "dcgan-shapes",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --seed 24 --steps 400 "
        "--batch-size 32 --set model.width=8 --set sample_every=50",
    ),
    Patient(
        "dcgan-relativistic",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss relativistic "
        "--seed 25 --steps 400 --batch-size 32 --set model.width=12 --set sample_every=80",
    ),
    Patient(
        "dcgan-softmax",
        "",
        "dcgan --dataset mnist-5k --loss softmax --seed 26 --steps 400 --batch-size 32 "
        "--set model.width=8 --set sample_every=40",
    ),
    Patient(
        "dcgan-hinge-r1",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss hinge --penalty r1 "
        "--set penalty.gamma=1 --set model.norm=layer --seed 29 --steps 400 --batch-size "
        "32 --set model.width=8 --set sample_every=50",
    ),
)

C = (
    Patient(
        "digits-3000-minimax",
        "won",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=3000 --loss minimax --seed 41 "
        "--steps 1000 --batch-size 64 --set model.generator=[64,128] --set "
        "model.discriminator=[128,128] --set sample_every=100",
    ),
    Patient(
        "shapes-hinge-fast",
        "won",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss hinge --seed "
        "42 --set lr=5e-3 --steps 1200 --batch-size 32 --set model.generator=[128,256] "
        "--set model.discriminator=[128] --set sample_every=100",
    ),
    Patient(
        "dcgan-digits-relativistic",
        "won",
        "dcgan --dataset mnist-5k --loss relativistic --seed 58 --steps 800 --batch-size "
        "32 --set model.width=8 --set sample_every=80",
    ),
    Patient(
        "digits-softmax",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=4000 --loss softmax --seed 43 "
        "--steps 2000 --batch-size 32 --set model.generator=[128,128] --set "
        "model.discriminator=[128] --set sample_every=200",
    ),
    Patient(
        "digits-relativistic",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss relativistic-average --seed 44 --steps "
        "2000 --batch-size 32 --set model.generator=[96,192] --set "
        "model.discriminator=[128] --set sample_every=200",
    ),
    Patient(
        "toy-ring-3",
        "collapse",
        "wgan-gp-toy --dataset ring --set dataset.modes=3 --set dataset.sigma=0.02 --loss "
        "bce --seed 45 --steps 2000 --batch-size 64 --set model.width=64 --set lr=1e-3 "
        "--set sample_every=100",
    ),
    Patient(
        "shapes-gp-wide",
        "collapse",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss wgan-gp "
        "--seed 55 --steps 300 --batch-size 48 --set lr=5e-4 --set "
        "model.generator=[256,256] --set model.discriminator=[128] --set sample_every=30",
    ),
    Patient(
        "one-mode-hinge",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=1 --set dataset.sigma=0.1 --set "
        "dataset.radius=2 --loss hinge --seed 46 --steps 2000 --batch-size 64 --set "
        f"lr=1e-3 --set sample_every=100 {PLANE}",
    ),
    Patient(
        "one-mode-relativistic",
        "oscillation",
        "wgan-gp-toy --dataset grid --set dataset.side=1 --set dataset.sigma=0.1 --loss "
        "relativistic --seed 63 --steps 2000 --batch-size 64 --set model.width=64 --set "
        "lr=1e-3 --set sample_every=100",
    ),
    Patient(
        "ring-3-no-penalty",
        "explosion",
        "vanilla-mlp --dataset ring --set dataset.modes=3 --loss wgan-div --penalty none "
        f"--seed 47 --steps 1000 --batch-size 64 --set lr=2e-3 --set sample_every=50 {PLANE}",
    ),
    Patient(
        "digits-hinge-sgd",
        "explosion",
        "vanilla-mlp --dataset mnist-5k --loss hinge --seed 48 --set optimizer=sgd --set "
        "lr=2 --steps 800 --batch-size 32 --set model.generator=[128] --set "
        "model.discriminator=[128] --set sample_every=50",
    ),
    Patient(
        "shapes-300-hinge",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss hinge "
        "--seed 49 --steps 2500 --batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] "
        "--set model.generator=[192,192] --set sample_every=250",
    ),
    Patient(
        "toy-6",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=6 --set dataset.radius=2 --seed "
        "51 --steps 500 --batch-size 128 --set model.width=96 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    Patient(
        "toy-2",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=2 --set dataset.sigma=0.1 --seed "
        "56 --steps 500 --batch-size 128 --set model.width=96 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    Patient(
        "toy-grid-4",
        "",
        "wgan-gp-toy --dataset grid --set dataset.side=4 --seed 52 --steps 500 "
        "--batch-size 128 --set model.width=96 --set lr=5e-4 --set sample_every=50",
    ),
    Patient(
        "ring-5",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=5 --set dataset.sigma=0.1 --loss "
        "wgan-gp --set penalty.weight=0.1 --seed 53 --steps 600 --batch-size 64 --set "
        f"lr=1e-3 --set sample_every=60 {PLANE}",
    ),
    Patient(
        "digits-4000-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=4000 --loss wgan-gp --seed 54 "
        "--steps 400 --batch-size 32 --set critic_moves=3 --set lr=5e-4 --set "
        "model.generator=[256,256] --set model.discriminator=[128,64] --set "
        "sample_every=40",
    ),
    Patient(
        "shapes-300-relativistic",
        "",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "relativistic --seed 50 --steps 3000 --batch-size 24 --set lr=4e-4 --set "
        "betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[400,200] --set sample_every=250",
    ),
    Patient(
        "digits-squares-less-momentum",
        "",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --seed 57 --steps 2500 "
        "--batch-size 32 --set betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[256] --set sample_every=250",
    ),
    Patient(
        "ring-10",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=10 --set dataset.sigma=0.05 "
        "--loss wgan-gp --set penalty.weight=0.1 --seed 64 --steps 500 --batch-size 64 "
        f"--set lr=1e-3 --set sample_every=50 {PLANE}",
    ),
    Patient(
        "dcgan-3000",
        "",
        "dcgan --dataset mnist-5k --set dataset.size=3000 --seed 59 --steps 800 "
        "--batch-size 32 --set model.width=10 --set sample_every=80",
    ),
    Patient(
        "dcgan-shapes-gp",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss wgan-gp --set "
        "model.norm=layer --seed 60 --steps 250 --batch-size 32 --set lr=5e-4 --set "
        "model.width=8 --set sample_every=25",
    ),
)

SETS = {"tune": A, "tried": B, "hold": C}
KEPT = {
    "digits",
    "ring",
    "digits-minimax",
    "ring-no-penalty",
    "shapes-300-bce",
    "dcgan",
    "toy-ring",
    "digits-gp-short",
}
"""Those whose tables the tests read."""
