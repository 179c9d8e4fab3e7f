"""Pictures of what a terminal shows while a run trains: ``python docs/preview.py``.

Trains for real in a terminal in memory (pyte), and draws the last frame a cell at a time: of half
blocks and Braille their pixels, all else in a monospaced font, ``FONT`` or what fontconfig finds.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import pyte
from PIL import Image, ImageDraw, ImageFont

COLUMNS, ROWS = 100, 30
WIDE, HIGH = 9, 18
PAPER, INK = "#14161a", "#d8dce4"
NAMED = {
    "default": INK, "cyan": "#3fb6c4", "green": "#5fb36a", "magenta": "#bf7fd0", "red": "#e06c75",
    "blue": "#61a0e8", "brown": "#d0a24c", "white": INK, "black": "#14161a",
}  # fmt: skip
BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of the dot that each bit stands for."""
RUNS = {
    "digits": ("dcgan", "--dataset", "mnist-5k", "--steps", "1000"),
}


def screen_of(command: list[str], folder: str) -> pyte.Screen:
    """The screen as the last frame left it, above the lines that tell how to go on."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=its, env=environment
    )
    os.close(its)
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    end = b"Finished "
    while True:
        if not select.select([own], [], [], 1)[0]:
            continue
        got = os.read(own, 65536)
        stream.feed(got.partition(end)[0])
        if end in got:
            break
    while select.select([own], [], [], 0.5)[0] and process.poll() is None:
        os.read(own, 65536)
    os.close(own)
    process.wait()
    return screen


def drawn(screen: pyte.Screen, font: ImageFont.FreeTypeFont) -> Image.Image:
    """The screen as a picture."""
    picture = Image.new("RGB", (COLUMNS * WIDE, ROWS * HIGH), PAPER)
    draw = ImageDraw.Draw(picture)
    for y in range(ROWS):
        for x in range(COLUMNS):
            cell = screen.buffer[y][x]
            left, top, right, below = x * WIDE, y * HIGH, (x + 1) * WIDE - 1, (y + 1) * HIGH - 1
            fore = NAMED.get(cell.fg, f"#{cell.fg}")
            if cell.bg != "default":
                draw.rectangle((left, top, right, below), NAMED.get(cell.bg, f"#{cell.bg}"))
            if cell.data in "▄▀":
                middle = top + HIGH // 2
                half = (middle, below) if cell.data == "▄" else (top, middle - 1)
                draw.rectangle((left, half[0], right, half[1]), fore)
            elif 0x2800 <= ord(cell.data[:1] or " ") < 0x2900:
                for bit, (i, j) in enumerate(BRAILLE):
                    if ord(cell.data) >> bit & 1:
                        at = left + 1 + i * 4, top + 1 + j * 4.5
                        draw.ellipse((*at, at[0] + 2.5, at[1] + 2.5), fore)
            else:
                draw.text((left, top), cell.data, fore, font)
    return picture


def main() -> None:
    """Write ``docs/images/preview-*.png``."""
    find = ["fc-match", "-f", "%{file}", "DejaVu Sans Mono"]
    file = os.environ.get("FONT") or subprocess.check_output(find, text=True)
    font = ImageFont.truetype(file, 15)
    for name, args in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            train = [sys.executable, "-m", "ganzoo", "train", *args, "--no-report", "--out", name]
            picture = drawn(screen_of(train, folder), font)
        picture.save(Path(__file__).parent / "images" / f"preview-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
