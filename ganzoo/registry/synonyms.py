"""Names that other programs use for settings and options, to suggest ganzoo's names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SYNONYMS: dict[str, tuple[str, ...]] = {
    "batch_size": ("batch", "bs", "minibatch", "mini_batch_size"),
    "betas": ("beta", "beta1", "beta2"),
    "checkpoint_every": ("checkpoint_interval", "save_every", "save_interval"),
    "clip": ("clip_value", "weight_clip"),
    "clip_norm": ("clip_grad", "grad_clip", "gradient_clip", "max_grad_norm"),
    "critic_moves": ("critic_iters", "critic_steps", "d_steps", "disc_iters", "n_critic"),
    "dataset": ("data",),
    "device": ("accelerator", "cuda", "gpu"),
    "ema": ("average", "ema_decay", "moving_average"),
    "epochs": ("max_epochs", "n_epochs", "num_epochs", "passes"),
    "evaluate_every": ("eval_every", "eval_interval"),
    "latent": ("latent_dim", "latent_size", "noise", "noise_dim", "nz", "z", "z_dim"),
    "log_every": ("log_interval", "print_every"),
    "lr": ("learning_rate", "rate"),
    "norm": ("batch_norm", "normalisation", "normalization"),
    "optimizer": ("opt", "optim", "optimiser"),
    "out": ("outdir", "output", "output_dir", "save_dir"),
    "precision": ("amp", "dtype", "fp16"),
    "root": ("data_dir", "folder", "path"),
    "sample_every": ("sample_interval",),
    "schedule": ("lr_decay", "lr_schedule", "scheduler"),
    "seed": ("manual_seed", "random_seed"),
    "size": ("image_size", "img_size", "resolution"),
    "steps": ("iterations", "iters", "max_iter", "max_steps", "n_iter", "num_steps", "updates"),
    "weight": ("gp_weight", "lambda", "lambda_gp"),
    "weight_decay": ("l2", "wd"),
    "width": ("channels", "ndf", "ngf"),
    "workers": ("n_workers", "num_workers"),
}
"""ganzoo's name -> names in other programs and papers."""


def same(word: str, names: Iterable[str]) -> list[str]:
    """The names that equal the word except for spelling, or else those that it is a synonym of."""
    known, said = list(dict.fromkeys(names)), _bare(word)
    alike = [name for name in known if _bare(name) == said]
    return alike or [n for n in known if said in map(_bare, SYNONYMS.get(n.replace("-", "_"), ()))]


def meant(word: str, names: Iterable[str]) -> list[str]:
    """The names that a user may mean by an unknown word, the best first."""
    known = list(dict.fromkeys(names))
    return same(word, known) or difflib.get_close_matches(word, known, n=3, cutoff=0.6)


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
