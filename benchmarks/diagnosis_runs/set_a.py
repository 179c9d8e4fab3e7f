"""Set A: the thresholds were set on these, declared after looking at their grids and curves."""

from __future__ import annotations

from benchmarks.diagnosis_runs.declared import PLANE, DeclaredRun

A = (
    DeclaredRun(
        "digits",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --steps 4000 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128] --set sample_every=200",
    ),
    DeclaredRun(
        "digits-least-squares",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --steps 4000 --batch-size 32 "
        "--set model.generator=[128,256] --set model.discriminator=[128] --set "
        "sample_every=200",
    ),
    DeclaredRun(
        "digits-five-moves",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --steps 800 --batch-size 32 --set "
        "model.generator=[64] --set model.discriminator=[512,256] --set critic_moves=5 "
        "--set lr=1e-3 --set sample_every=80",
    ),
    DeclaredRun(
        "digits-no-penalty",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --penalty none --steps 1000 "
        "--batch-size 32 --set model.generator=[128] --set model.discriminator=[128] "
        "--set sample_every=50 --set lr=1e-3",
    ),
    DeclaredRun(
        "digits-clipped",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --loss wgan --steps 500 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=50 --set lr=5e-4",
    ),
    DeclaredRun(
        "digits-r1",
        "collapse",
        "vanilla-mlp --dataset mnist-5k --penalty r1 --set penalty.gamma=0.5 --steps 1500 "
        "--batch-size 32 --set model.generator=[128,256] --set model.discriminator=[128] "
        "--set sample_every=100 --set lr=5e-4",
    ),
    DeclaredRun(
        "dcgan-no-norm",
        "collapse",
        "dcgan --dataset mnist-5k --set dataset.size=300 --steps 600 --batch-size 32 "
        "--set model.width=8 --set model.norm=none --set sample_every=50",
    ),
    DeclaredRun(
        "dcgan-hinge",
        "collapse",
        "dcgan --dataset mnist-5k --loss hinge --steps 400 --batch-size 32 --set "
        "model.width=8 --set sample_every=50 --set model.norm=layer",
    ),
    DeclaredRun(
        "ring-wide",
        "collapse",
        "vanilla-mlp --dataset ring --set dataset.sigma=0.3 --steps 2500 --batch-size 64 "
        f"--set lr=2e-4 --set sample_every=125 {PLANE}",
    ),
    DeclaredRun(
        "ring",
        "oscillation",
        "vanilla-mlp --dataset ring --steps 3000 --batch-size 64 --set lr=1e-3 --set "
        f"sample_every=150 {PLANE}",
    ),
    DeclaredRun(
        "one-mode",
        "oscillation",
        "vanilla-mlp --dataset ring --set dataset.modes=1 --set dataset.sigma=0.05 "
        f"--steps 3000 --batch-size 64 --set lr=1e-3 --set sample_every=150 {PLANE}",
    ),
    DeclaredRun(
        "digits-minimax",
        "won",
        "vanilla-mlp --dataset mnist-5k --loss minimax --steps 1200 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[256,128] --set "
        "sample_every=100",
    ),
    DeclaredRun(
        "digits-fast",
        "won",
        "vanilla-mlp --dataset mnist-5k --steps 2000 --batch-size 32 --set lr=5e-3 --set "
        "model.generator=[128,256] --set model.discriminator=[128] --set sample_every=100",
    ),
    DeclaredRun(
        "digits-faster",
        "won",
        "vanilla-mlp --dataset mnist-5k --loss least-squares --steps 1000 --batch-size 32 "
        "--set model.generator=[128] --set model.discriminator=[128] --set "
        "sample_every=50 --set lr=5e-2",
    ),
    DeclaredRun(
        "dcgan-wider",
        "won",
        "dcgan --dataset mnist-5k --seed 1 --steps 350 --batch-size 32 --set "
        "model.width=12 --set sample_every=50",
    ),
    DeclaredRun(
        "dcgan-300",
        "won",
        "dcgan --dataset mnist-5k --set dataset.size=300 --seed 1 --steps 600 "
        "--batch-size 32 --set model.width=12 --set sample_every=60",
    ),
    DeclaredRun(
        "digits-sgd",
        "explosion",
        "vanilla-mlp --dataset mnist-5k --steps 2000 --batch-size 32 --set optimizer=sgd "
        "--set lr=1 --set model.generator=[128,256] --set model.discriminator=[128] --set "
        "sample_every=100",
    ),
    DeclaredRun(
        "ring-no-penalty",
        "explosion",
        "vanilla-mlp --dataset ring --loss wgan-div --penalty none --steps 1000 "
        f"--batch-size 64 --set sample_every=50 --set lr=1e-3 {PLANE}",
    ),
    DeclaredRun(
        "shapes-300-bce",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --seed 8 "
        "--steps 2500 --batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=250",
    ),
    DeclaredRun(
        "shapes-300-squares",
        "memorising",
        "vanilla-mlp --dataset image-folder --set dataset.root=few-shapes --loss "
        "least-squares --seed 9 --steps 2500 --batch-size 32 --set lr=5e-4 --set "
        "betas=[0.5,0.999] --set model.generator=[256,128] --set sample_every=250",
    ),
    DeclaredRun(
        "toy-ring",
        "",
        "wgan-gp-toy --steps 600 --batch-size 128 --set model.width=128 --set "
        "sample_every=60 --set lr=5e-4",
    ),
    DeclaredRun(
        "toy-4",
        "",
        "wgan-gp-toy --dataset ring --set dataset.modes=4 --seed 2 --steps 400 "
        "--batch-size 128 --set model.width=96 --set lr=5e-4 --set sample_every=40",
    ),
    DeclaredRun(
        "toy-grid",
        "",
        "wgan-gp-toy --dataset grid --steps 500 --batch-size 128 --set model.width=128 "
        "--set sample_every=50 --set lr=5e-4",
    ),
    DeclaredRun(
        "ring-r1",
        "",
        "vanilla-mlp --dataset ring --penalty r1 --set penalty.gamma=1 --steps 3000 "
        "--batch-size 128 --set model.latent=2 --set model.generator=[128,128] --set "
        "model.discriminator=[128,128] --set lr=1e-3 --set sample_every=150 --set "
        "dataset.sigma=0.1",
    ),
    DeclaredRun(
        "grid",
        "",
        "vanilla-mlp --dataset grid --steps 2500 --batch-size 64 --set lr=5e-4 --set "
        f"sample_every=125 {PLANE}",
    ),
    DeclaredRun(
        "digits-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --steps 1200 --batch-size 32 --set "
        "model.generator=[128,256] --set model.discriminator=[128,64] --set "
        "sample_every=100 --set lr=5e-4",
    ),
    DeclaredRun(
        "digits-gp-short",
        "",
        "vanilla-mlp --dataset mnist-5k --loss wgan-gp --seed 3 --steps 400 --batch-size "
        "32 --set lr=5e-4 --set model.generator=[128,256] --set "
        "model.discriminator=[128,64] --set sample_every=50",
    ),
    DeclaredRun(
        "digits-less-momentum",
        "",
        "vanilla-mlp --dataset mnist-5k --seed 4 --steps 2500 --batch-size 32 --set "
        "betas=[0.5,0.999] --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=250",
    ),
    DeclaredRun(
        "dcgan",
        "",
        "dcgan --dataset mnist-5k --steps 600 --batch-size 32 --set model.width=8 --set "
        "sample_every=50",
    ),
    DeclaredRun(
        "dcgan-r1",
        "",
        "dcgan --dataset mnist-5k --penalty r1 --set model.norm=layer --steps 600 "
        "--batch-size 32 --set model.width=8 --set sample_every=50",
    ),
    DeclaredRun(
        "dcgan-least-squares",
        "",
        "dcgan --dataset mnist-5k --loss least-squares --steps 400 --batch-size 32 --set "
        "model.width=8 --set sample_every=50",
    ),
    DeclaredRun(
        "dcgan-gp-no-norm",
        "",
        "dcgan --dataset mnist-5k --loss wgan-gp --set model.norm=none --seed 5 --steps "
        "150 --batch-size 32 --set lr=5e-4 --set model.width=8 --set sample_every=15",
    ),
    DeclaredRun(
        "digits-500",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=500 --steps 2500 --batch-size "
        "32 --set model.discriminator=[256,128] --set model.generator=[128,256] --set "
        "sample_every=125 --set betas=[0.5,0.999]",
    ),
    DeclaredRun(
        "digits-200",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=200 --steps 1500 --batch-size "
        "32 --set model.discriminator=[256,128] --set model.generator=[128,256] --set "
        "sample_every=125 --set betas=[0.5,0.999] --seed 1",
    ),
    DeclaredRun(
        "digits-400",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=400 --seed 2 --steps 3000 "
        "--batch-size 32 --set lr=5e-4 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=250",
    ),
    DeclaredRun(
        "digits-600",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=600 --loss least-squares "
        "--seed 1 --steps 2000 --batch-size 32 --set betas=[0.5,0.999] --set "
        "model.generator=[128,256] --set sample_every=200",
    ),
    DeclaredRun(
        "digits-500-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=500 --loss wgan-gp --seed 6 "
        "--steps 500 --batch-size 32 --set lr=5e-4 --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=50",
    ),
    DeclaredRun(
        "digits-1000-gp",
        "",
        "vanilla-mlp --dataset mnist-5k --set dataset.size=1000 --loss wgan-gp --seed 7 "
        "--steps 600 --batch-size 32 --set lr=1e-3 --set model.generator=[128,256] --set "
        "model.discriminator=[256,128] --set sample_every=60",
    ),
)
