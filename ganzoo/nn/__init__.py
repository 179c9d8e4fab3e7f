"""Building blocks that models share. Plugins may use everything that is listed here.

Each function returns a plain ``nn.Module``, which you can unpack, slice, extend or wrap. Whatever
is specific to one paper belongs in the model's own file.

The names of the parameters of `perceptron` and of the DCGAN stacks do not change, because the
checkpoints of all runs use them.
"""

from ganzoo.nn.dcgan import dcgan_discriminator, dcgan_generator, downsampling, upsampling
from ganzoo.nn.hidden import Activation, leaky_relu, relu
from ganzoo.nn.initialisers import Initialiser, normal_weights, orthogonal_weights
from ganzoo.nn.norms import Norm, norm2d
from ganzoo.nn.perceptron import perceptron

__all__ = [
    "Activation",
    "Initialiser",
    "Norm",
    "dcgan_discriminator",
    "dcgan_generator",
    "downsampling",
    "leaky_relu",
    "norm2d",
    "normal_weights",
    "orthogonal_weights",
    "perceptron",
    "relu",
    "upsampling",
]
