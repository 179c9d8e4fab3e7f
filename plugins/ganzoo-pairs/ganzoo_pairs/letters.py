"""62 letters and figures in 21 typefaces, each shifted and turned a little.

With ``kind=labelled``, each picture has its character as "label" and its "typeface". For every
typeface, some characters are held out. A conditional model that has seen the character in other
typefaces, and the typeface with other characters, can be scored on them.

With ``kind=unpaired``, serif and sans-serif typefaces are the domains "a" and "b", and held-out
characters are in neither. Five typefaces have a counterpart in the other domain, such as DejaVu
Serif Bold and DejaVu Sans Bold. The held-out part has the characters in these typefaces, each next
to its partner, with the same shift and turn.

The typefaces come with matplotlib: DejaVu, STIX and Computer Modern. Each picture is drawn at three
times its size.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Interval

import ganzoo
from ganzoo_pairs.made import Pictures, picture, two_domains
from ganzoo_pairs.packages import folder_of

CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
SERIF = (
    "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic", "cmr10",
    "cmb10", "cmti10", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta",
)  # fmt: skip
SANS = (
    "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique", "cmss10",
    "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique",
)  # fmt: skip
PARTNERS = 5
"""The first typefaces of both lists are counterparts."""
TYPEFACES = (*SERIF, *SANS, "cmtt10")
"""All typefaces. cmtt10 is a typewriter's, and in neither domain."""
FORMULA = "1"
"""Change it if the pictures change. Pillow's versions may draw them differently in the last bit."""
FINE = 3
"""Pixels on each side of which one of the picture's becomes the mean."""
SHIFT, TURN = 2.0, 8.0
"""The most that a character is shifted, in pixels, and turned, in degrees."""
Glyph = tuple[int, int]
"""The indices of a typeface and of a character."""


@dataclass(frozen=True)
class Letters:
    """Grey letters and figures, white on black."""

    kind: Literal["labelled", "unpaired"] = "labelled"
    """Whether the data has labels for all typefaces, or serif and sans-serif domains."""
    copies: Annotated[int, Interval(ge=1, le=1_000)] = 4
    """Number of pictures of each character in each typeface, all shifted and turned differently."""
    size: Literal[28, 32] = 28
    """Side of the pictures in pixels."""
    held_out: Annotated[int, Interval(ge=1, le=60)] = 6
    """Number of characters of each typeface that training never sees. With kind=unpaired, they are
    the same in all typefaces."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of everything random in the data, independent of the seed of a run."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The characters "image" with "label" and "typeface", or "a" and "b" with "label_a" and
        "label_b"."""
        image, label = picture(1, self.size), _classes([*CHARACTERS])
        if self.kind == "unpaired":
            return two_domains({"a": image, "b": image}, label)
        return {"image": image, "label": label, "typeface": _classes(TYPEFACES)}

    def fingerprint(self) -> Mapping[str, str]:
        """The formula and the typefaces. With the settings, they determine the pictures.

        Raises:
            NotInstalled: matplotlib is missing.
        """
        folder = folder_of_typefaces()
        files = [folder / f"{name}.ttf" for name in TYPEFACES]
        return {"letters": FORMULA, **ganzoo.checksums(folder, files)}

    def load(self) -> ganzoo.Data:
        """The characters for training and the held-out ones.

        Raises:
            NotInstalled: matplotlib is missing.
        """
        rng = np.random.default_rng([self.seed, 0])
        made = self._unpaired(rng) if self.kind == "unpaired" else self._labelled(rng)
        return ganzoo.Data(self.fields(), made[0], held_out=made[1])

    def _labelled(self, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], ...]:
        order = [rng.permutation(len(CHARACTERS)) for _ in TYPEFACES]
        found = []
        for part, copies in ((slice(self.held_out, None), self.copies), (slice(self.held_out), 1)):
            glyphs = [(t, int(c)) for t, all_ in enumerate(order) for c in np.sort(all_[part])]
            glyphs *= copies
            typeface, label = np.array(glyphs).T
            image = self._drawn(glyphs, _places(len(glyphs), rng))
            found.append({"image": image, "label": label, "typeface": typeface})
        return tuple(found)

    def _unpaired(self, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], ...]:
        kept, rest = np.split(rng.permutation(len(CHARACTERS)), [self.held_out])
        arrays: dict[str, np.ndarray] = {}
        held_out: dict[str, np.ndarray] = {}
        places = _places(PARTNERS * len(kept), rng)  # the same for both domains
        for name, faces in (("a", SERIF), ("b", SANS)):
            index = [TYPEFACES.index(face) for face in faces]
            glyphs = [(t, int(c)) for t in index for c in np.sort(rest)] * self.copies
            arrays[name] = self._drawn(glyphs, _places(len(glyphs), rng))
            arrays[f"label_{name}"] = np.array(glyphs)[:, 1]
            glyphs = [(t, int(c)) for t in index[:PARTNERS] for c in kept]
            held_out[name] = self._drawn(glyphs, places)
            held_out[f"label_{name}"] = np.array(glyphs)[:, 1]
        return arrays, held_out

    def _drawn(self, glyphs: Iterable[Glyph], places: np.ndarray) -> Pictures:
        """Each glyph in its place, (N, 1, size, size)."""
        from PIL import Image, ImageDraw, ImageFont

        large, folder = FINE * self.size, folder_of_typefaces()
        fonts = {
            t: ImageFont.truetype(str(folder / f"{name}.ttf"), round(0.6 * large))
            for t, name in enumerate(TYPEFACES)
        }
        made = []
        for (t, c), (x, y, turn) in zip(glyphs, places, strict=True):
            picture = Image.new("L", (large, large))
            draw, text = ImageDraw.Draw(picture), CHARACTERS[c]
            left, top, right, bottom = draw.textbbox((0, 0), text, fonts[t])
            at = (large - left - right) / 2 + FINE * x, (large - top - bottom) / 2 + FINE * y
            draw.text(at, text, 255, fonts[t])
            turned = picture.rotate(turn, Image.Resampling.BILINEAR)
            made.append(np.asarray(turned.reduce(FINE)))
        return np.stack(made)[:, None]


def folder_of_typefaces() -> Path:
    """The folder with the typefaces of matplotlib.

    Raises:
        NotInstalled: matplotlib is missing, or does not have them all.
    """
    folder = folder_of("matplotlib", "letters", "matplotlib") / "mpl-data" / "fonts" / "ttf"
    for name in TYPEFACES:
        if not (folder / f"{name}.ttf").is_file():
            raise ganzoo.NotInstalled(
                f"letters: {folder} has no {name}.ttf. Try another version: "
                "pip install 'matplotlib==3.11.2'"
            )
    return folder


def _places(n: int, rng: np.random.Generator) -> np.ndarray:
    """Shifts to the right and down, and turns, (n, 3)."""
    return rng.uniform((-SHIFT, -SHIFT, -TURN), (SHIFT, SHIFT, TURN), (n, 3))


def _classes(names: Iterable[str]) -> ganzoo.Field:
    names = tuple(names)
    return ganzoo.Field((), dtype="int64", classes=len(names), names=names)
