r"""Spectral norm for the discriminator of any model.

**The idea.** A penalty on the gradient bounds the discriminator's slope where it looks. Spectral
norm bounds it everywhere, through the weights. Each layer's matrix is divided by its largest
singular value, the largest factor by which it can stretch a vector:

.. math:: \bar W_{SN} = W / \sigma(W), \qquad \sigma(W) = \max_{\|h\| = 1} \|W h\|

If no layer stretches anything and the activations have slopes of at most 1, then neither does the
network. There is no term in the loss, so the column ``penalty`` is 0, and it costs little, because
one step of the power iteration in each pass keeps :math:`\sigma` up to date.

**Where to find it in the code.** ``Spectral.prepare`` gets a new game's discriminator and applies
`ganzoo.nn.spectral_norm` to it, which explains the iteration. Because this is a penalty, it works
with each model whose game has a ``discriminator``, with each loss and with other penalties:
``--penalty spectral,r1``. Layers that have a spectral norm already keep it.

>>> critic = nn.Linear(2, 2, bias=False)
>>> critic.weight.data = tensor([[3.0, 0.0], [0.0, 4.0]])
>>> Spectral().prepare(critic)
>>> _ = [critic(tensor([[1.0, 1.0]])) for _ in range(50)]  # each pass improves sigma
>>> [[round(w, 4) for w in row] for row in critic.weight.tolist()]  # divided by 4
[[0.75, 0.0], [0.0, 1.0]]
>>> Spectral()(critic, tensor([[1.0, 1.0]]), tensor([[0.0, 0.0]]), Draw(0)).item()
0.0

**Settings.** The paper uses the loss ``hinge``, or ``bce``, and Adam with a learning rate of 2e-4,
:math:`\beta_1 = 0`, :math:`\beta_2 = 0.9` and five discriminator moves:
``--set critic_moves=5 --set betas=0,0.9``. Spectral norm does not bound what a kernel of a
convolution adds up over its places, so it is a weaker bound there.

**Common mistakes.** Batch norm in the discriminator divides by the batch's deviation and so undoes
the bound, so ganzoo refuses the pair. Code that also improves the vectors of the iteration while
samples are drawn depends on how often you look. Code that normalises the weights after each step,
instead of dividing in each pass, follows another gradient.

Source: Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial
Networks", 2018, https://arxiv.org/abs/1802.05957
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

import ganzoo
from ganzoo.nn import spectral_norm

Critic = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Spectral:
    """Divides the discriminator's weights, and adds nothing to its loss."""

    def prepare(self, discriminator: nn.Module) -> None:
        """Normalise each linear layer, convolution and embedding.

        Raises:
            DoesNotFit: The discriminator has batch norm.
        """
        if any(isinstance(module, _BatchNorm) for module in discriminator.modules()):
            raise ganzoo.DoesNotFit(
                "spectral bounds how fast the discriminator changes, and its batch norm undoes the "
                "bound. Use another penalty, or no batch norm (if the model has it, "
                "--set model.norm=none)"
            )
        spectral_norm(discriminator)

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """0, because the weights are bounded already."""
        return real.new_zeros(())
