"""The hook ``ganzoo_augmentations``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Augmentation


@hookspec
def ganzoo_augmentations() -> Iterable[Augmentation]:
    '''Adds augmentations, random changes of real and fake pictures before the discriminator.

    ``samples`` are pictures (B, C, H, W), and the result has the same shape. Random numbers come
    from ``draw``, and gradients must pass through. With a setting ``strength`` of 0, nothing may
    change. An augmentation that adapts has ``build()`` in addition, which returns a
    ``torch.nn.Module`` whose ``forward(samples, draw)`` changes the samples. Its buffers are in
    checkpoints. If it has ``heard(on_real, on_fake)``, that is called with the discriminator's
    outputs after each of its moves. ::

        # ganzoo_flip/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_augmentations():
            yield ganzoo.Augmentation(
                name="flip",
                summary="Mirrors half of the pictures.",
                factory="ganzoo_flip.augmentation:Flip",
            )

    ::

        # ganzoo_flip/augmentation.py
        """A mirrored face is a face, too. So mirroring doubles the number of pictures.

        Source: Karras et al. 2020, section 2.2, https://arxiv.org/abs/2006.06676
        """

        from dataclasses import dataclass

        import torch


        @dataclass(frozen=True)
        class Flip:
            """Mirrors each picture with some probability."""

            strength: float = 0.5
            """The probability."""

            def __call__(self, samples, draw):
                mirrored = draw.uniform(len(samples), 1, 1, 1) < self.strength
                return torch.where(mirrored, samples.flip(3), samples)
    '''
    raise NotImplementedError
