"""Set B: other models, data, losses and seeds, declared before they were trained."""

from __future__ import annotations

from benchmarks.diagnosis_runs.declared import PLANE, DeclaredRun

B = (
    DeclaredRun(
        "shapes-minimax",
        "won",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss minimax "
        "--seed 11 --steps 1200 --batch-size 48 --set model.generator=[96,192] --set "
        "model.discriminator=[192,96] --set sample_every=120",
    ),
    DeclaredRun(
        "dcgan-minimax",
        "won",
        "dcgan --dataset mnist-5k --loss minimax --seed 12 --set lr=2e-3 --set "
        "model.width=8 --set model.norm=layer --steps 500 --batch-size 32 --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "digits-hinge",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=2000 --loss hinge --seed 13 "
        "--steps 2500 --batch-size 32 --set model.generator=[128,256] --set "
        "model.discriminator=[128] --set sample_every=250",
    ),
    DeclaredRun(
        "digits-bgan",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=3000 --loss bgan --seed 14 "
        "--steps 2500 --batch-size 32 --set model.generator=[96,192] --set "
        "model.discriminator=[160] --set sample_every=250",
    ),
    DeclaredRun(
        "toy-ring-hinge",
        "oscillation",
        "wgan-gp-toy --dataset ring --set dataset.modes=5 --loss hinge --seed 15 --steps "
        "2000 --batch-size 64 --set model.width=64 --set lr=1e-3 --set sample_every=100",
    ),
    DeclaredRun(
        "ring-2",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=2 --set dataset.sigma=0.02 --loss "
        "least-squares --seed 16 --steps 2000 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=100 {PLANE}",
    ),
    DeclaredRun(
        "toy-no-penalty",
        "explosion",
        "wgan-gp-toy --dataset grid --penalty none --seed 17 --steps 600 --batch-size 64 "
        "--set model.width=64 --set lr=1e-3 --set sample_every=50",
    ),
    DeclaredRun(
        "shapes-sgd",
        "explosion",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss "
        "least-squares --seed 18 --set optimizer=sgd --set lr=1 --steps 800 --batch-size "
        "32 --set model.generator=[128] --set model.discriminator=[128] --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "shapes-300",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "least-squares --seed 20 --steps 2000 --batch-size 32 --set betas=[0.5,0.999] "
        "--set model.discriminator=[256,64] --set model.generator=[128,256] --set "
        "sample_every=200",
    ),
    DeclaredRun(
        "dcgan-200",
        "memorising",
        "dcgan --dataset mnist-5k --set dataset.size=200 --loss hinge --seed 19 --steps "
        "500 --batch-size 32 --set model.width=12 --set sample_every=50",
    ),
    DeclaredRun(
        "toy-12",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=12 --set dataset.sigma=0.03 "
        "--seed 21 --steps 500 --batch-size 128 --set model.width=128 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "ring-3",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=3 --loss wgan-gp --set "
        "penalty.weight=0.1 --seed 22 --steps 600 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=60 {PLANE}",
    ),
    DeclaredRun(
        "grid-3",
        "",
        "vanilla-mlp --dataset grid --set dataset.side=3 --loss wgan-gp --set "
        "penalty.weight=0.1 --set critic_moves=3 --seed 30 --steps 800 --batch-size 64 "
        f"--set lr=1e-3 --set sample_every=80 {PLANE}",
    ),
    DeclaredRun(
        "grid-r1",
        "",
        "vanilla-mlp --dataset grid --set dataset.side=2 --set dataset.sigma=0.4 "
        "--penalty r1 --set penalty.gamma=1 --seed 23 --steps 2000 --batch-size 128 --set "
        f"lr=5e-4 --set sample_every=100 {PLANE}",
    ),
    DeclaredRun(
        "shapes-gp",
        "",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss wgan-gp "
        "--seed 27 --steps 400 --batch-size 32 --set lr=5e-4 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=40",
    ),
    DeclaredRun(
        "dcgan-gp",
        "",
        "dcgan --dataset mnist-5k --loss wgan-gp --set model.norm=layer --seed 28 --steps "
        "200 --batch-size 32 --set lr=5e-4 --set model.width=8 --set sample_every=20",
    ),
    DeclaredRun(
        "dcgan-shapes",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --seed 24 --steps 400 "
        "--batch-size 32 --set model.width=8 --set sample_every=50",
    ),
    DeclaredRun(
        "dcgan-relativistic",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss relativistic "
        "--seed 25 --steps 400 --batch-size 32 --set model.width=12 --set sample_every=80",
    ),
    DeclaredRun(
        "dcgan-softmax",
        "",
        "dcgan --dataset mnist-5k --loss softmax --seed 26 --steps 400 --batch-size 32 "
        "--set model.width=8 --set sample_every=40",
    ),
    DeclaredRun(
        "dcgan-hinge-r1",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss hinge --penalty r1 "
        "--set penalty.gamma=1 --set model.norm=layer --seed 29 --steps 400 --batch-size "
        "32 --set model.width=8 --set sample_every=50",
    ),
)
