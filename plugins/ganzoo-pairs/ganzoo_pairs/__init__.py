"""Registers data for models that turn one picture into another."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="edges-digits",
        summary="Pairs of an outline and its digit, in grey or in a random colour.",
        factory="ganzoo_pairs.edges:EdgesDigits",
    )
    yield ganzoo.Dataset(
        name="rotated-digits",
        summary="Upright digits and digits that are turned by 90 degrees, without pairs.",
        factory="ganzoo_pairs.rotated:RotatedDigits",
    )
