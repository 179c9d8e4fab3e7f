"""Registers the plugin. It imports no torch, so that `ganzoo list` stays fast."""

import ganzoo


@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(
        name="smooth-bce",
        summary="Cross-entropy that trains the discriminator to be 90 % sure, never certain.",
        paper=ganzoo.Paper("Improved Techniques for Training GANs", year=2016, arxiv="1606.03498"),
        factory="ganzoo_smooth.loss:SmoothBCE",
    )
