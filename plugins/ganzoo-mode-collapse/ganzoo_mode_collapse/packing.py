"""Packs: the discriminator sees m samples of one kind together and judges them as one.

The lesson is in `ganzoo_mode_collapse.pacgan`. A pack joins m samples along their first axis. m
points in the plane become a vector of 2 m numbers, and m colour pictures become one picture with
3 m channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

import ganzoo


class Packed(ganzoo.TwoPlayer):
    """A two-player game whose discriminator takes (B / m, m \\* C, ...) where samples are
    (B, C, ...)."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: ganzoo.Objective,
        latent: int,
        pack: int,
        *,
        joint: bool,
        generator_moves: int = 1,
    ) -> None:
        super().__init__(generator, discriminator, loss, latent, joint=joint)
        self.pack = pack
        self.generator_moves = generator_moves

    def moves(self) -> Sequence[ganzoo.Move]:
        discriminator, generator = super().moves()
        return discriminator, replace(generator, repeats=self.generator_moves, fresh_batch=False)

    def shown(self, samples: Tensor, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor:
        """(B, C, ...) -> (B / m, m \\* C, ...): neighbours in the batch form a pack."""
        if len(samples) % self.pack:
            raise ganzoo.UsageError(
                f"model.pack is {self.pack}, which does not divide a batch of {len(samples)}"
            )
        return samples.reshape(len(samples) // self.pack, -1, *samples.shape[2:])

    def verdict(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor | None:
        """Gives each sample the output of its pack: (B, ...).

        The number of samples may be any, so the first samples fill up the last pack. On a mesh of
        the plane, neighbours form a pack. The surface there shows the discriminator's output on m
        points that are nearly the same.
        """
        samples = ganzoo.first(batch)
        lacking = -len(samples) % self.pack
        index = torch.arange(len(samples) + lacking, device=samples.device) % len(samples)
        packs = self.shown(samples[index], batch, draw)
        outputs = self.loss.verdict(self.critic(batch)(packs))
        if outputs is None:
            return None
        return outputs.repeat_interleave(self.pack, dim=0)[: len(samples)]
