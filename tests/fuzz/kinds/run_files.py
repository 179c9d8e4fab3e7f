"""Runs whose files are damaged, hostile, or something other than files."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import torch
from conftest import Result, snapshot
from kind import World, complaint_about
from safetensors.torch import save

sys.path.insert(0, str(Path(__file__).parents[2] / "runs"))

from poisons import MARK, POISONS, marked

from ganzoo.errors import BrokenFile
from ganzoo.prose.commands import shell_command
from ganzoo.runs.tensors import HEADER, read_tensors, write_tensors

FILES = (
    *("run.json", "status.json", "metrics.csv") * 3,  # all commands read these
    *("health.csv", "timings.csv", "evaluations.json", "data.sums") * 2,
    ".lock", "checkpoints", "samples", "frames", "error.txt",
    "checkpoints/best.safetensors", "checkpoints/step-00000030.safetensors",
    "checkpoints/step-00000040.safetensors", "samples/real.safetensors", "samples/real.png",
    "samples/step-00000020.safetensors", "samples/step-00000040.safetensors",
    "samples/step-00000040.look.safetensors", "samples/step-00000040.png",
    "frames/step-00000020.safetensors", "frames/step-00000040.safetensors",
    "inputs.safetensors", "report.html", "training.gif", "curves.png",
)  # fmt: skip
COMMANDS = (
    "runs .", "runs . --json", "runs run", "diagnose run", "diagnose run --json",
    "sample run", "sample run --step 20",
    "sample run --interpolate 0 1 --frames 3", "report run", "compare run other",
    "compare other run --json", "evaluate run --metric modes -n 300", "evaluate run -n 300 --json",
    "evaluate run --metric modes --step best -n 300", "train --resume run",
    "train --resume run --steps 45", "train --config run/run.json --steps 3 --out new",
    "train --config run/run.json --dry-run",
)  # fmt: skip
SHAPES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "nan": lambda x: torch.full_like(x, torch.nan if x.is_floating_point() else 1),
    "inf": lambda x: torch.full_like(x, torch.inf if x.is_floating_point() else 1),
    "large": lambda x: torch.full_like(x, 3e38 if x.is_floating_point() else 100),
    "negative": lambda x: -x.float() - 1,
    "float64": lambda x: x.double(), "int64": lambda x: x.nan_to_num().long(),
    "bool": lambda x: x.bool(), "float16": lambda x: x.half(), "complex": lambda x: x + 0j,
    "bytes": lambda x: x.nan_to_num().to(torch.uint8),
    "empty": lambda x: x[:0] if x.ndim else x[None][:0], "deeper": lambda x: x[None],
    "flat": lambda x: x.flatten(), "scalar": lambda x: x.flatten()[:1].sum(),
    "double": lambda x: torch.cat([x, x]) if x.ndim else x,
}  # fmt: skip
"""Tensors in place of a tensor."""
CELLS = (
    "", "²", "9" * 5000, "9" * 18, "nan", "inf", "-inf", "1e400", "1e308", "-1", "0", "x", "0x1",
    "1_0", " 3", "1,2", '"', '"1"', "\x1b[31m", "\n", "\r", "\0", "step", "0.5", "\udc80",
)  # fmt: skip
Change = tuple[str, str, int]
"""A file, what happens to it, and the seed of that."""
RunFiles = tuple[list[Change], str]
"""Changes, and the command after them."""


class OfRunFiles:
    """A command on a run some of whose files are changed."""

    def case(self, random: Random) -> RunFiles:
        changes = []
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            what = random.choice((*CONTENT, *CONTENT, *OTHERS))
            changes.append((random.choice(FILES), what, random.getrandbits(32)))
        return changes, random.choice(COMMANDS)

    def complaint(self, case: RunFiles, world: World) -> str:
        changes, command = case
        for name in ("other", "outside"):
            shutil.copytree("run", name)
        for name, what, seed in changes:
            change(Path("run", name), what, Random(seed))
        kept = {name: snapshot(Path(name)) for name in ("other", "outside")}
        result = world.ganzoo(*command.split())
        if wrong := complaint_about(result) or _unclear(result, [name for name, *_ in changes]):
            return wrong
        for name, content in kept.items():
            if snapshot(Path(name)) != content:
                return f"files in {name} have changed"
        listed = world.ganzoo("runs", ".", "--json")
        if wrong := complaint_about(listed):
            return f"listing the runs: {wrong}"
        rows = json.loads(listed.out) if not listed.status else []
        if not any(row["run"] == "other" and row["status"] == "finished" for row in rows):
            return f"the other run is not listed\n{listed}"
        return ""

    def smaller(self, case: RunFiles) -> Iterator[RunFiles]:
        changes, command = case
        for i in range(len(changes)):
            yield changes[:i] + changes[i + 1 :], command

    def shown(self, case: RunFiles) -> str:
        return shell_command(*case[1].split())


def _unclear(result: Result, names: list[str]) -> str:
    """What is wrong with the message of a command that failed."""
    if not result.status:
        return ""
    errors = re.findall(r"^Error: .*", result.err, re.MULTILINE)
    if len(errors) != 1:
        return f"{len(errors)} errors\n{result.err[-3000:]}"
    said = result.err.partition("Error: ")[2]
    if not any(Path(name).name in said or _step(name) in said for name in names):
        return f"the error does not name the file\n{result.err}"
    if result.out:
        return f"data of a command that failed\n{result}"
    return ""


def _step(name: str) -> str:
    """How a message may call a file of a step."""
    found = re.search(r"step-0*(\d+)", name)
    return f"of step {found[1]} " if found else name


def change(path: Path, what: str, random: Random) -> None:
    """Change a file, or put something else in its place."""
    if not path.parent.is_dir():
        return  # its folder is something else already
    if what in CONTENT and path.is_file() and not path.is_symlink():
        path.write_bytes(CONTENT[what](path, path.read_bytes(), random))
    elif what in OTHERS:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        OTHERS[what](path)


def _poisoned(path: Path, content: bytes, random: Random) -> bytes:
    """Something hostile in place of one value of the file."""
    try:
        match path.suffix:
            case ".json":
                with_mark = json.dumps(random.choice([*marked(json.loads(content))])[1])
                poison = random.choice([*POISONS.values()])
                return with_mark.replace(json.dumps(MARK), poison).encode()
            case ".csv":
                return _poisoned_table(content.decode(), random).encode(errors="surrogateescape")
            case ".safetensors":
                return _poisoned_tensors(path, random)
    except (ValueError, RecursionError, BrokenFile):
        pass  # it is damaged already
    return _flipped(path, content, random)


def _poisoned_table(text: str, random: Random) -> str:
    rows = [line.split(",") for line in text.splitlines()]
    row = random.choice(rows)
    match random.randrange(6):
        case 0:
            rows.remove(row)
        case 1:
            rows.insert(random.randrange(len(rows) + 1), row)
        case 2:
            rows.reverse()
        case 3:
            row.pop(random.randrange(len(row)))
        case _:
            row[random.randrange(len(row))] = random.choice(CELLS)
    return "".join(f"{','.join(row)}\n" for row in rows)


def _poisoned_tensors(path: Path, random: Random) -> bytes:
    """The checksum is right."""
    tensors, plain = read_tensors(path)
    name = random.choice([*tensors])
    match random.randrange(5):
        case 0:
            del tensors[name]
        case 1:
            tensors[random.choice(("", "x", "\x1b[31m", "surface", "centres", "a/b"))] = (
                tensors.pop(name)
            )
        case 2:
            poisons = [p for p in POISONS.values() if _is_json(p)]
            with_mark = json.dumps(random.choice([*marked(plain)])[1])
            text = with_mark.replace(json.dumps(MARK), random.choice(poisons))
            plain = json.loads(text)
            if not isinstance(plain, dict):
                return save(tensors, {HEADER: random.choice([*POISONS.values()])[:60_000]})
        case _:
            how = random.choice([*SHAPES])
            tensors[name] = SHAPES[how](tensors[name])
    write_tensors(path, tensors, plain)
    return path.read_bytes()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _flipped(path: Path, content: bytes, random: Random) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(random.choice((1, 1, 5, 50))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _swapped(path: Path, content: bytes, random: Random) -> bytes:
    """The content of another file, most often of the same kind."""
    run = next(parent for parent in path.parents if parent.name == "run")
    others = [p for p in sorted(run.rglob("*")) if p.is_file() and not p.is_symlink()]
    same = [p for p in others if p.suffix == path.suffix]
    return random.choice(same if random.random() < 0.7 else others).read_bytes()


CONTENT: dict[str, Callable[[Path, bytes, Random], bytes]] = {
    "poisoned": _poisoned,
    "bits": _flipped,
    "swapped": _swapped,
    "cut": lambda p, c, r: c[: r.randrange(len(c) + 1)],
    "empty": lambda p, c, r: b"",
    "doubled": lambda p, c, r: c * 2,
    "zeros": lambda p, c, r: bytes(len(c)),
    "16 bits": lambda p, c, r: c.decode("latin-1").encode("utf-16"),
    "garbage": lambda p, c, r: r.randbytes(300),
}
"""What the content of a file becomes."""


def _huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)


OTHERS: dict[str, Callable[[Path], None]] = {
    "missing": lambda path: None,
    "huge": _huge,
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to the run": lambda path: path.symlink_to(Path("run").absolute()),
    "link elsewhere": lambda path: path.symlink_to(
        Path("outside", *path.parts[path.parts.index("run") + 1 :]).absolute()
    ),
}
"""What is in place of a file or a folder."""
KIND = OfRunFiles()
