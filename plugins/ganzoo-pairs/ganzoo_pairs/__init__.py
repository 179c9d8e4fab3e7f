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
    yield ganzoo.Dataset(
        name="coloured-digits",
        summary="Grey digits and digits on photographs, without pairs, with labels for both.",
        factory="ganzoo_pairs.coloured:ColouredDigits",
    )
    yield ganzoo.Dataset(
        name="digit-styles",
        summary="Digits with five attributes, such as thin, slanted and coloured.",
        factory="ganzoo_pairs.styles:DigitStyles",
    )
    yield ganzoo.Dataset(
        name="icons",
        summary="Icons in several styles, without pairs, with pairs or with labels.",
        factory="ganzoo_pairs.icons:Icons",
    )
    yield ganzoo.Dataset(
        name="letters",
        summary="62 letters and figures in 21 typefaces, with labels or as serif and sans.",
        factory="ganzoo_pairs.letters:Letters",
    )
    yield ganzoo.Dataset(
        name="shapes",
        summary="Circles and squares without pairs, or shapes with labels for colour and size.",
        factory="ganzoo_pairs.shapes:Shapes",
    )
    yield ganzoo.Dataset(
        name="holes",
        summary="Pairs of a picture with a missing square and the whole picture.",
        factory="ganzoo_pairs.holes:Holes",
    )
    yield ganzoo.Dataset(
        name="low-resolution",
        summary="Pairs of a small picture and its original, by default from photographs.",
        factory="ganzoo_pairs.low_resolution:LowResolution",
    )
    yield ganzoo.Dataset(
        name="folder-pairs",
        summary="Your own pictures in two folders, paired by name or without pairs.",
        factory="ganzoo_pairs.folder_pairs:FolderPairs",
    )
