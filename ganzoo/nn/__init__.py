"""Building blocks that models share. Plugins may use everything that is listed here.

All of them are plain torch modules, or functions that return one, which you can unpack, slice,
extend or wrap. Whatever is specific to one paper belongs in the model's own file.

The names of the parameters of all blocks do not change, because the checkpoints of all runs use
them. None of the blocks reads values back from the device, so a round with them can be captured as
a CUDA graph.
"""

from ganzoo.nn.adaptive_instance_norm import AdaptiveInstanceNorm2d
from ganzoo.nn.conditional import Conditional, ConditionalSequential, conditioned
from ganzoo.nn.conditional_batch_norm import ConditionalBatchNorm2d
from ganzoo.nn.dcgan import (
    dcgan_discriminator,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    downsampling,
    upsampling,
)
from ganzoo.nn.heads import Heads
from ganzoo.nn.hidden import Activation, leaky_relu, relu
from ganzoo.nn.initialisers import (
    Initialiser,
    normal_weights,
    orthogonal_weights,
    xavier_weights,
)
from ganzoo.nn.labels import append_maps, label_weights
from ganzoo.nn.norms import Norm, norm2d
from ganzoo.nn.patches import patch_discriminator, receptive_field
from ganzoo.nn.perceptron import perceptron
from ganzoo.nn.projection import Projection
from ganzoo.nn.residual import Reflect, Residual, residual_block
from ganzoo.nn.sngan import (
    SumPool,
    residual_down,
    residual_generator,
    residual_trunk,
    residual_up,
)
from ganzoo.nn.spectral import spectral_norm
from ganzoo.nn.translators import translator, translator_decoder, translator_encoder
from ganzoo.nn.unet import NoiseDropout, UNet

__all__ = [
    "Activation",
    "AdaptiveInstanceNorm2d",
    "Conditional",
    "ConditionalBatchNorm2d",
    "ConditionalSequential",
    "Heads",
    "Initialiser",
    "NoiseDropout",
    "Norm",
    "Projection",
    "Reflect",
    "Residual",
    "SumPool",
    "UNet",
    "append_maps",
    "conditioned",
    "dcgan_discriminator",
    "dcgan_generator",
    "dcgan_trunk",
    "dcgan_widths",
    "downsampling",
    "label_weights",
    "leaky_relu",
    "norm2d",
    "normal_weights",
    "orthogonal_weights",
    "patch_discriminator",
    "perceptron",
    "receptive_field",
    "relu",
    "residual_block",
    "residual_down",
    "residual_generator",
    "residual_trunk",
    "residual_up",
    "spectral_norm",
    "translator",
    "translator_decoder",
    "translator_encoder",
    "upsampling",
    "xavier_weights",
]
