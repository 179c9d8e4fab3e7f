"""An experiment's file whose runs take seconds."""

from __future__ import annotations

MINE = """
title = "A small ring"
about = "Does it work at all?"
dataset = "ring"
metric = "modes"
samples = 200
steps = 400
seeds = 10
columns = [
    { score = "modes.covered", title = "modes", digits = 1 },
    { score = "modes.good", title = "good", digits = 1, percent = true },
]
differs = ["The networks are tiny."]

[settings]
"trainer.batch_size" = 16
"trainer.log_every" = 5
"trainer.sample_every" = 10
"trainer.threads" = 1
"dataset.size" = 320

[sources.own]
paper = "Nobody"
link = "https://example.org"
where = "table 0"
protocol = "made up"

[[systems]]
name = "Small GAN"
model = "vanilla-mlp"
settings = { "model.latent" = 2, "model.generator" = [8], "model.discriminator" = [8] }

[[systems.reported]]
source = "own"
scores = { "modes.covered" = [8, 0.1], "modes.good" = 0.989 }
"""
