"""Icons in several styles: thin, light, regular, bold and filled, or plain and outlined.

The same icon in two styles is a pair, so there is a right answer for every translation. The setting
``kind`` decides what training sees:

- ``unpaired``: Each icon is in one of the domains "a" and "b" only, for CycleGAN and its relatives.
  The held-out icons have their true partners, so translations can be scored.
- ``paired``: Rows of "a" and "b" are the same icon, for pix2pix. With ``coloured=true``, "b" has a
  random colour that "a" does not tell, for BicycleGAN.
- ``styles``: Each icon in every style of its font, with the style as the "label", for StarGAN.

Whole icons are held out. No style of a held-out icon is ever in training.

The fonts come with QtAwesome. Phosphor has 893 icons in five styles, Material Design Icons 1,849 in
two and Remix Icon 1,086 in two. No two of a font look alike. `ganzoo_pairs.icon_fonts` names the
fonts' licences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

import ganzoo
from ganzoo_pairs.icon_fonts import ENDINGS, characters, drawn, files_of
from ganzoo_pairs.made import Arrays, Pictures, colours, halves, picture, tinted, two_domains

FORMULA = "1"
"""Change it if the pictures change. Pillow's versions may draw them differently in the last bit."""
USUAL = {
    "phosphor": ("light", "bold"),
    "material": ("outline", "plain"),
    "remix": ("line", "fill"),
}


@dataclass(frozen=True)
class Icons:
    """Grey icons, white on black."""

    kind: Literal["unpaired", "paired", "styles"] = "unpaired"
    """Whether training sees two domains without pairs, pairs, or all styles with labels."""
    font: Literal["phosphor", "material", "remix"] = "phosphor"
    """The icon font."""
    a: str = ""
    """Style of "a". If not set, light, outline or line."""
    b: str = ""
    """Style of "b". If not set, bold, plain or fill."""
    coloured: bool = False
    """Whether each "b" has a random colour. If kind is styles, all pictures are coloured."""
    size: Literal[28, 32] = 28
    """Side of the pictures in pixels."""
    held_out: Annotated[int, Ge(1)] = 93
    """Number of icons that training never sees."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the choice of icons and of the colours, independent of the seed of a run."""

    def __post_init__(self) -> None:
        styles = ENDINGS[self.font]
        for name in ("a", "b"):
            if (style := getattr(self, name)) and style not in styles:
                raise ganzoo.UsageError(
                    f"dataset.{name} is {style}; {self.font} has the styles {', '.join(styles)}"
                )
        if self.kind != "styles" and len({*self.styles}) == 1:
            raise ganzoo.UsageError(
                f"dataset.a and dataset.b are both {self.styles[0]}; expected two of the styles "
                f"{', '.join(styles)}"
            )

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles of the fields: of "a" and "b", or all."""
        if self.kind == "styles":
            return tuple(ENDINGS[self.font])
        a, b = USUAL[self.font]
        return self.a or a, self.b or b

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The icons "a" and "b", or "image" with the style "label"."""
        grey, other = picture(1, self.size), picture(3 if self.coloured else 1, self.size)
        if self.kind == "styles":
            names = self.styles
            label = ganzoo.Field((), dtype="int64", classes=len(names), names=names)
            return {"image": other, "label": label}
        if self.kind == "paired":
            return {"b": other, "a": grey}
        return two_domains({"a": grey, "b": other}, None)

    def fingerprint(self) -> Mapping[str, str]:
        """The formula and the font. With the settings, they determine the pictures.

        Raises:
            NotInstalled: QtAwesome is missing.
        """
        files = files_of(self.font)
        return {"icons": FORMULA, **ganzoo.checksums(files[0].parent, files)}

    def load(self) -> ganzoo.Data:
        """The icons for training and the held-out ones.

        Raises:
            NotInstalled: QtAwesome is missing.
            UsageError: Fewer than two icons would remain for training.
        """
        icons = [*characters(self.font, self.styles).values()]
        if self.held_out > len(icons) - 2:
            raise ganzoo.UsageError(
                f"dataset.held_out is {self.held_out:,}; {self.font} has {len(icons):,} icons, and "
                "at least two must remain for training"
            )
        rng = np.random.default_rng([self.seed, 0])
        order = rng.permutation(len(icons))
        kept, rest = ([icons[i] for i in part] for part in np.split(order, [self.held_out]))
        held_out = self._all(kept, rng)
        if self.kind == "unpaired":
            a, b = halves(len(rest))
            arrays = {"a": self._drawn(rest[a], 0), "b": self._tinted(rest[b], 1, rng)}
        else:
            arrays = self._all(rest, rng)
        return ganzoo.Data(self.fields(), arrays, held_out=held_out)

    def _all(self, icons: list[list[str]], rng: np.random.Generator) -> Arrays:
        """Icons with all their styles."""
        if self.kind != "styles":
            return {"a": self._drawn(icons, 0), "b": self._tinted(icons, 1, rng)}
        each = [self._tinted(icons, k, rng) for k in range(len(self.styles))]
        label = np.arange(len(self.styles)).repeat(len(icons))
        return {"image": np.concatenate(each), "label": label}

    def _drawn(self, icons: list[list[str]], style: int) -> Pictures:
        return drawn(files_of(self.font)[0], (icon[style] for icon in icons), self.size)

    def _tinted(self, icons: list[list[str]], style: int, rng: np.random.Generator) -> Pictures:
        grey = self._drawn(icons, style)
        return tinted(grey, colours(rng.random(len(grey)))) if self.coloured else grey
