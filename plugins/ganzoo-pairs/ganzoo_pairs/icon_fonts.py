"""The icon fonts that QtAwesome carries, and how an icon becomes a picture.

Nothing of QtAwesome is imported, so Qt is not needed. Only its font files are read, and the JSON
files that give each icon's character.

============  ================================  =============================
font          styles                            licence of the font
============  ================================  =============================
``phosphor``  thin, light, regular, bold, fill  MIT (Phosphor Icons)
``material``  plain, outline                    Apache 2.0 (Material Design Icons)
``remix``     line, fill                        Apache 2.0 (Remix Icon)
============  ================================  =============================
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import ganzoo
from ganzoo_pairs.made import Pictures
from ganzoo_pairs.packages import folder_of

FILES = {"phosphor": "phosphor", "material": "materialdesignicons6", "remix": "remixicon"}
"""What the names of a font's files begin with."""
ENDINGS = {
    "phosphor": {"thin": "-thin", "light": "-light", "regular": "", "bold": "-bold",
                 "fill": "-fill"},
    "material": {"plain": "", "outline": "-outline"},
    "remix": {"line": "-line", "fill": "-fill"},
}  # fmt: skip
"""Font -> style -> how the names of its icons end."""
TWINS = {
    "phosphor": {"pencil-simple"},
    "material": {"alpha-o-box", "alpha-o-circle", "cards-heart", "checkbox-blank-circle"},
    "remix": set[str](),
}
"""Icons that look like another one in some style. They are left out, so that no held-out picture
is in training under another name."""
FINE = 4
"""Pixels on each side of which one of the picture's becomes the mean."""


def files_of(font: str) -> tuple[Path, Path]:
    """The font's file, and the file that gives each icon's character.

    Raises:
        NotInstalled: QtAwesome is missing, or does not have the font.
    """
    folder = folder_of("qtawesome", "icons", "qtawesome") / "fonts"
    found = [sorted(folder.glob(f"{FILES[font]}-*{ending}")) for ending in (".ttf", ".json")]
    if not all(found):
        raise ganzoo.NotInstalled(
            f"icons: {folder} has no files {FILES[font]}-*.ttf and .json. Try another version: "
            "pip install 'qtawesome==1.4.2'"
        )
    return found[0][-1], found[1][-1]


def characters(font: str, styles: Iterable[str]) -> dict[str, list[str]]:
    """Icon -> its character in each style, for the icons that have all styles of the font.

    Raises:
        NotInstalled: QtAwesome is missing.
    """
    code: dict[str, str] = json.loads(files_of(font)[1].read_text("utf-8"))
    endings = ENDINGS[font]
    probe = max(endings.values(), key=len)
    names = sorted(name.removesuffix(probe) for name in code if name.endswith(probe))
    whole = [
        name
        for name in names
        if name not in TWINS[font] and all(name + end in code for end in endings.values())
    ]
    wanted = [endings[style] for style in styles]
    return {name: [chr(int(code[name + end], 16)) for end in wanted] for name in whole}


def drawn(file: Path, text: Iterable[str], side: int) -> Pictures:
    """Each character in white on black, in the middle: (N, 1, side, side)."""
    from PIL import Image, ImageDraw, ImageFont

    large = FINE * side
    font = ImageFont.truetype(str(file), round(large * 6 / 7))
    made = []
    for character in text:
        picture = Image.new("L", (large, large))
        ImageDraw.Draw(picture).text((large / 2, large / 2), character, 255, font, anchor="mm")
        made.append(np.asarray(picture.reduce(FINE)))
    return np.stack(made)[:, None]
