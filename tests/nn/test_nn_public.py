"""What `ganzoo.nn` lists is documented, and checkpoints keep the names of its parameters."""

from functools import partial
from pathlib import Path

import pytest
from torch import nn

import ganzoo.nn as blocks

PAGE = Path(__file__).parents[2] / "docs" / "building-blocks.md"
TYPES = {"Activation", "Initialiser", "Norm"}  # annotations, which build nothing
CONDITIONAL = partial(blocks.ConditionalBatchNorm2d, classes=4)
STYLED = partial(blocks.AdaptiveInstanceNorm2d, style=6)


def test_the_page_lists_every_block():
    text = PAGE.read_text()
    assert not [name for name in blocks.__all__ if name not in TYPES and f"`{name}`" not in text]


def test_every_block_has_a_docstring():
    for name in set(blocks.__all__) - TYPES - {"relu", "leaky_relu"}:  # partial functions
        assert getattr(blocks, name).__doc__, name
    assert sorted(blocks.__all__) == sorted(set(blocks.__all__))


STATE = {
    "residual_generator": (
        lambda: blocks.residual_generator(6, (1, 4, 4), (3,), norm=CONDITIONAL),
        "0.weight 0.bias 2.residual.0.gain 2.residual.0.bias "
        "2.residual.0.norm.running_mean 2.residual.0.norm.running_var "
        "2.residual.0.norm.num_batches_tracked 2.residual.3.weight 2.residual.4.gain "
        "2.residual.4.bias 2.residual.4.norm.running_mean 2.residual.4.norm.running_var "
        "2.residual.4.norm.num_batches_tracked 2.residual.6.weight 2.residual.6.bias "
        "2.shortcut.0.weight 2.shortcut.0.bias 3.weight 3.bias 3.running_mean 3.running_var "
        "3.num_batches_tracked 5.weight 5.bias",
    ),
    "projection": (
        lambda: blocks.Projection(blocks.residual_trunk((1, 4, 4), (3,), blocks=1), 3, 4),
        "trunk.0.residual.0.weight trunk.0.residual.0.bias trunk.0.residual.2.weight "
        "trunk.0.residual.2.bias trunk.0.shortcut.1.weight trunk.0.shortcut.1.bias "
        "trunk.1.residual.1.weight trunk.1.residual.1.bias trunk.1.residual.3.weight "
        "trunk.1.residual.3.bias real.weight real.bias rows.weight",
    ),
    "heads": (
        lambda: blocks.Heads(nn.Flatten(), 16, real=1, label=4),
        "heads.real.weight heads.real.bias heads.label.weight heads.label.bias",
    ),
    "unet": (
        lambda: blocks.UNet(1, 1, (3, 4, 5), norm=nn.InstanceNorm2d),
        "encoder.0.0.weight encoder.0.0.bias encoder.1.0.weight encoder.2.0.weight "
        "encoder.2.0.bias decoder.0.weight decoder.1.weight decoder.2.weight decoder.2.bias",
    ),
    "patches": (
        lambda: blocks.patch_discriminator(1, (3, 4)),
        "0.weight 0.bias 2.weight 5.weight 5.bias",
    ),
    "translator": (
        lambda: blocks.translator((1, 8, 8), 1, (3, 4), blocks=1),
        "1.weight 4.weight 7.residual.1.weight 7.residual.5.weight 8.weight 12.weight 12.bias",
    ),
    "styled": (
        lambda: blocks.translator_decoder(1, (3, 4), blocks=1, block_norm=STYLED),
        "0.residual.1.weight 0.residual.2.linear.weight 0.residual.2.linear.bias "
        "0.residual.5.weight 0.residual.6.linear.weight 0.residual.6.linear.bias "
        "1.weight 5.weight 5.bias",
    ),
}


@pytest.mark.parametrize("name", STATE)
def test_the_names_of_parameters_stay_as_checkpoints_have_them(name):
    make, names = STATE[name]
    assert list(make().state_dict()) == names.split()
