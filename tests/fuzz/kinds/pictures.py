"""Folders with damaged, foreign and irregular files among the pictures."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from kind import World, complaint_about
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "builtin"))

from damaged_pictures import KINDS, damaged, picture

from ganzoo.prose.commands import shell_command

TRAIN = (
    "train", "vanilla-mlp", "--dataset", "image-folder", "--set", "root=pictures",
    "--batch-size", "1", "--steps", "1", "--set", "generator=8", "--set", "discriminator=8",
)  # fmt: skip
FOREIGN = ("DDS", "EPS", "ICO", "JPEG2000", "PCX", "PPM", "QOI", "SGI", "TGA")
NAMES = ("a", "b", "sub/c", "é", "数字", "[red]x", "z\x1b[31mred", "\x9b2J", "\u202eabc", "x" * 200)
ENDINGS = (".png", ".JPG", ".jfif", ".gif", ".tif", ".webp", ".bmp", ".avif", ".txt", "")
STREAMED = "from ganzoo.builtin import image_folder; image_folder.MEMORY = 0"
IRREGULAR: dict[str, Callable[[Path], None]] = {
    "empty": Path.touch,
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "text": lambda path: path.write_text("I am text."),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to the folder": lambda path: path.symlink_to("."),
}
File = tuple[str, str, list[int]]
"""Its name, what it is, and the seeds of changes to it."""
Folder = tuple[list[File], list[str]]
"""Files, and settings."""


class Pictures:
    """Trains on the folder, in memory and streamed. Both must end in the same way."""

    def case(self, random: Random) -> Folder:
        whole = random.choice(list(KINDS))  # most are of one kind
        files = []
        for _ in range(random.choice((1, 2, 3, 8))):
            known = random.random() < 0.7
            others = (*KINDS, *FOREIGN, *IRREGULAR)
            changes = random.choice((0, 0, 0, 1, 2)) if random.random() < 0.5 else 0
            name = random.choice(NAMES) + random.choice(ENDINGS[:3] if known else ENDINGS)
            seeds = [random.getrandbits(32) for _ in range(changes)]
            files.append((name, whole if known else random.choice(others), seeds))
        size, channels, bits = random.choice("08"), random.choice("0133"), random.choice("000812")
        bits = {"1": "12", "2": "16"}.get(bits, bits)
        return files, [f"size={size}", f"channels={channels}", f"bits={bits}"]

    def complaint(self, case: Folder, world: World) -> str:
        files, settings = case
        for name, what, seeds in files:
            _make(Path("pictures", name), what, seeds)
        words = [*TRAIN, *(word for each in settings for word in ("--set", each))]
        results = []
        for before in ("", STREAMED):
            results.append(world.ganzoo(*words, "--out", f"new{len(results)}", "-q", before=before))
            if wrong := complaint_about(results[-1]):
                return f"{before}\n{wrong}"
        one, other = results
        if (one.status, one.err) != (other.status, other.err):
            return f"in memory: {one}\nstreamed: {other}"
        first = {name: (what, seeds) for name, what, seeds in reversed(files)}
        for name, (what, seeds) in first.items():
            foreign = what not in KINDS and not seeds and name.endswith(ENDINGS[:7])
            if foreign and one.status == 0:
                return f"it took {name!r}, which is not a picture\n{one}"
        return ""

    def smaller(self, case: Folder) -> Iterator[Folder]:
        files, settings = case
        for i, (name, what, seeds) in enumerate(files):
            yield files[:i] + files[i + 1 :], settings
            for j in range(len(seeds)):
                less = (name, what, seeds[:j] + seeds[j + 1 :])
                yield [*files[:i], less, *files[i + 1 :]], settings
        for i in range(len(settings)):
            yield files, settings[:i] + settings[i + 1 :]

    def shown(self, case: Folder) -> str:
        _, settings = case
        return shell_command(*TRAIN, *(word for each in settings for word in ("--set", each)))


def _make(path: Path, what: str, seeds: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        return  # the first of a name stays
    if what in IRREGULAR:
        IRREGULAR[what](path)
        return
    if what in FOREIGN:
        file = io.BytesIO()
        Image.new("RGB", (8, 8), "red").save(file, what)
        content = file.getvalue()
    else:
        content = picture(what)
    for seed in seeds:
        content = damaged(content, seed)
    path.write_bytes(content)


KIND = Pictures()
