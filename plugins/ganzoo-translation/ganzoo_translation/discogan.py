r"""DiscoGAN, which discovers a relation between two collections of pictures.

**The idea.** Bags and shoes form no pairs, but people can say which bag goes with which shoe. A
model should find such a relation by itself. `cyclegan` has the same idea and appeared two weeks
later, for textures at the same place. DiscoGAN wants to change shapes. So its translators pass
everything through a narrow code, and its discriminators judge whole pictures.

A picture of A is translated, and translated back (equations 1 and 2 of the paper):

.. math::
    x_{AB} = G_{AB}(x_A), \qquad x_{ABA} = G_{BA}(x_{AB}) = G_{BA} \circ G_{AB}(x_A)

It should be reconstructed (equation 3, in which d is the mean squared error here):

.. math::
    L_{CONST_A} = d(G_{BA} \circ G_{AB}(x_A), x_A)

And its translation should look like a picture of B (equations 4 and 5):

.. math::
    L_{GAN_B} = -\mathbb{E}_{x_A}[\log D_B(G_{AB}(x_A))], \qquad
    L_{G_{AB}} = L_{GAN_B} + L_{CONST_A}

The discriminator of B has the usual loss (equation 6):

.. math::
    L_{D_B} = -\mathbb{E}_{x_B}[\log D_B(x_B)] - \mathbb{E}_{x_A}[\log(1 - D_B(G_{AB}(x_A)))]

One direction alone does not suffice. :math:`G_{AB}` may map two pictures to one, and
:math:`G_{BA}` can then only return one of them. With both directions, this costs both players, and
the relation becomes one to one (equations 7 and 8):

.. math::
    L_G &= L_{G_{AB}} + L_{G_{BA}} = L_{GAN_B} + L_{CONST_A} + L_{GAN_A} + L_{CONST_B} \\
    L_D &= L_{D_A} + L_{D_B}

**Where to find it in the code.** :math:`G_{AB}` is ``to_b``, :math:`G_{BA}` is ``to_a``, and
:math:`D_A` and :math:`D_B` are ``critic_a`` and ``critic_b``. `TwoWayGame` has the moves, ``bce``
is equations 4 and 6, and `DiscoGame.terms` has both reconstructions.

**What it cannot know.** One to one does not mean right. The paper judges relations that people
find natural, such as the angle of a car and of a face. If classes may trade places, nothing in
these equations prevents it. The metric ``class-kept`` tells both cases apart.

**How it differs from the paper.** The pictures have 28 or 32 pixels and not 64, the networks have
half the depth, and the batch has 64 pictures, not 200. The weight decay is the paper's 1e-4.

**Mistakes that popular scripts make.** They cut each pair of a paired data set in two and add the
distance between a translation and its true partner. This is supervision, and what they show is not
a discovered relation. They put the skips of a U-Net into the translators, past the narrow code.
They call ``BatchNorm2d(n, 0.8)``, which sets epsilon.

Source: Kim, Cha, Kim, Lee and Kim, "Learning to Discover Cross-Domain Relations with Generative
Adversarial Networks", 2017, https://arxiv.org/abs/1703.05192
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge
from torch import nn
from torch.nn.functional import mse_loss

import ganzoo
from ganzoo.nn import (
    dcgan_discriminator,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    normal_weights,
)
from ganzoo_translation.pictures import halvable, unpaired
from ganzoo_translation.two_way import Made, TwoWayGame


@dataclass(frozen=True)
class DiscoGAN:
    """Translators with a narrow code, and discriminators of whole pictures."""

    width: Annotated[int, Ge(1)] = 32
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    code: Annotated[int, Ge(1)] = 100
    """Numbers of the code in the middle of a translator."""
    reconstruction_weight: Annotated[float, Ge(0)] = 1.0
    """Weight of the reconstructions. The paper has 1."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for the first pictures of two domains, called A and B in their order."""
        names = unpaired(data)
        a, b = (data[name] for name in names)
        halvable(a, times=2)
        if a.shape[1] != a.shape[2]:
            raise ganzoo.DoesNotFit(
                f"the model needs square pictures, and this data has {a.described}"
            )
        if loss.per_sample:
            raise ganzoo.DoesNotFit(
                "the penalty uses the gradient at each sample, and the discriminators' batch norm "
                "mixes samples"
            )
        widths = dcgan_widths(a.shape[1], self.width)

        def translator(before: ganzoo.Field, after: ganzoo.Field) -> nn.Sequential:
            """(B, C, S, S) -> the code (B, code) -> (B, C', S, S)."""
            return nn.Sequential(
                dcgan_trunk(before.shape, widths, self.code),
                dcgan_generator(self.code, after.shape, widths),
            )

        critic_a, critic_b = (dcgan_discriminator(field.shape, widths) for field in (a, b))
        game = DiscoGame(names, translator(a, b), translator(b, a), critic_a, critic_b, loss)
        game.weight = self.reconstruction_weight
        game.apply(normal_weights(0.02))
        return game


class DiscoGame(TwoWayGame):
    """Translations must look real, and must be reconstructed."""

    weight = 1.0

    def terms(self, made: Made) -> ganzoo.Terms:
        return {
            "reconstruction_a": (self.weight, mse_loss(self.to_a(made.fake_b), made.a)),
            "reconstruction_b": (self.weight, mse_loss(self.to_b(made.fake_a), made.b)),
        }
