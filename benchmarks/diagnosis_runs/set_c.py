"""Set C: others again, declared before the diagnosis was asked."""

from __future__ import annotations

from benchmarks.diagnosis_runs.declared import PLANE, DeclaredRun

C = (
    DeclaredRun(
        "digits-3000-minimax",
        "won",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=3000 --loss minimax --seed 41 "
        "--steps 1000 --batch-size 64 --set model.generator=[64,128] --set "
        "model.discriminator=[128,128] --set sample_every=100",
    ),
    DeclaredRun(
        "shapes-hinge-fast",
        "won",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss hinge --seed "
        "42 --set lr=5e-3 --steps 1200 --batch-size 32 --set model.generator=[128,256] "
        "--set model.discriminator=[128] --set sample_every=100",
    ),
    DeclaredRun(
        "dcgan-digits-relativistic",
        "won",
        "dcgan --dataset mnist-5k --loss relativistic --seed 58 --steps 800 --batch-size "
        "32 --set model.width=8 --set sample_every=80",
    ),
    DeclaredRun(
        "digits-softmax",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=4000 --loss softmax --seed 43 "
        "--steps 2000 --batch-size 32 --set model.generator=[128,128] --set "
        "model.discriminator=[128] --set sample_every=200",
    ),
    DeclaredRun(
        "digits-relativistic",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss relativistic-average --seed 44 --steps "
        "2000 --batch-size 32 --set model.generator=[96,192] --set "
        "model.discriminator=[128] --set sample_every=200",
    ),
    DeclaredRun(
        "toy-ring-3",
        "collapse",
        "wgan-gp-toy --dataset ring --set dataset.modes=3 --set dataset.sigma=0.02 --loss "
        "bce --seed 45 --steps 2000 --batch-size 64 --set model.width=64 --set lr=1e-3 "
        "--set sample_every=100",
    ),
    DeclaredRun(
        "shapes-gp-wide",
        "collapse",
        "vanilla-mlp --dataset image-folder --set dataset.root=shapes --loss wgan-gp "
        "--seed 55 --steps 300 --batch-size 48 --set lr=5e-4 --set "
        "model.generator=[256,256] --set model.discriminator=[128] --set sample_every=30",
    ),
    DeclaredRun(
        "one-mode-hinge",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=1 --set dataset.sigma=0.1 --set "
        "dataset.radius=2 --loss hinge --seed 46 --steps 2000 --batch-size 64 --set "
        f"lr=1e-3 --set sample_every=100 {PLANE}",
    ),
    DeclaredRun(
        "one-mode-relativistic",
        "oscillation",
        "wgan-gp-toy --dataset grid --set dataset.side=1 --set dataset.sigma=0.1 --loss "
        "relativistic --seed 63 --steps 2000 --batch-size 64 --set model.width=64 --set "
        "lr=1e-3 --set sample_every=100",
    ),
    DeclaredRun(
        "ring-3-no-penalty",
        "explosion",
        "vanilla-mlp --dataset ring --set dataset.modes=3 --loss wgan-div --penalty none "
        f"--seed 47 --steps 1000 --batch-size 64 --set lr=2e-3 --set sample_every=50 {PLANE}",
    ),
    DeclaredRun(
        "digits-hinge-sgd",
        "explosion",
        "vanilla-mlp --dataset mnist-5k --loss hinge --seed 48 --set optimizer=sgd --set "
        "lr=2 --steps 800 --batch-size 32 --set model.generator=[128] --set "
        "model.discriminator=[128] --set sample_every=50",
    ),
    DeclaredRun(
        "shapes-300-hinge",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss hinge "
        "--seed 49 --steps 2500 --batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] "
        "--set model.generator=[192,192] --set sample_every=250",
    ),
    DeclaredRun(
        "toy-6",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=6 --set dataset.radius=2 --seed "
        "51 --steps 500 --batch-size 128 --set model.width=96 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "toy-2",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=2 --set dataset.sigma=0.1 --seed "
        "56 --steps 500 --batch-size 128 --set model.width=96 --set lr=5e-4 --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "toy-grid-4",
        "",
        "wgan-gp-toy --dataset grid --set dataset.side=4 --seed 52 --steps 500 "
        "--batch-size 128 --set model.width=96 --set lr=5e-4 --set sample_every=50",
    ),
    DeclaredRun(
        "ring-5",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=5 --set dataset.sigma=0.1 --loss "
        "wgan-gp --set penalty.weight=0.1 --seed 53 --steps 600 --batch-size 64 --set "
        f"lr=1e-3 --set sample_every=60 {PLANE}",
    ),
    DeclaredRun(
        "digits-4000-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=4000 --loss wgan-gp --seed 54 "
        "--steps 400 --batch-size 32 --set critic_moves=3 --set lr=5e-4 --set "
        "model.generator=[256,256] --set model.discriminator=[128,64] --set "
        "sample_every=40",
    ),
    DeclaredRun(
        "shapes-300-relativistic",
        "",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "relativistic --seed 50 --steps 3000 --batch-size 24 --set lr=4e-4 --set "
        "betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[400,200] --set sample_every=250",
    ),
    DeclaredRun(
        "digits-squares-less-momentum",
        "",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --seed 57 --steps 2500 "
        "--batch-size 32 --set betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[256] --set sample_every=250",
    ),
    DeclaredRun(
        "ring-10",
        "",
        "vanilla-mlp --dataset ring --set dataset.modes=10 --set dataset.sigma=0.05 "
        "--loss wgan-gp --set penalty.weight=0.1 --seed 64 --steps 500 --batch-size 64 "
        f"--set lr=1e-3 --set sample_every=50 {PLANE}",
    ),
    DeclaredRun(
        "dcgan-3000",
        "",
        "dcgan --dataset mnist-5k --set dataset.size=3000 --seed 59 --steps 800 "
        "--batch-size 32 --set model.width=10 --set sample_every=80",
    ),
    DeclaredRun(
        "dcgan-shapes-gp",
        "",
        "dcgan --dataset image-folder --set dataset.root=shapes --loss wgan-gp --set "
        "model.norm=layer --seed 60 --steps 250 --batch-size 32 --set lr=5e-4 --set "
        "model.width=8 --set sample_every=25",
    ),
)
