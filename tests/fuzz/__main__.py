"""Looks for inputs that break ganzoo: ``make fuzz``, or ``python tests/fuzz --seed 7 streams``.

Each file in ``kinds/`` is a kind of input. The seed determines all inputs. The first that breaks
something is made smaller and printed, and the status is 1.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random

from kind import Case, Kind, World

HERE = Path(__file__).parent
PATIENCE = 60
"""Seconds for making an input smaller."""


def main() -> int:
    """Try inputs until the time is over."""
    names = sorted(path.stem for path in (HERE / "kinds").glob("*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=names, metavar="KIND", help=", ".join(names))
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--keep-going", action="store_true", help="show all that breaks")
    asked = parser.parse_args()
    kinds = {name: found(name) for name in asked.kinds}
    broken, tried = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "fuzz")
        try:
            end = time.monotonic() + asked.seconds
            for n in count():
                for name, kind in kinds.items():
                    if time.monotonic() > end or (broken and not asked.keep_going):
                        print(f"seed {asked.seed}:", *(f"{n} of {k}" for k, n in tried.items()))
                        return min(broken, 1)
                    case = kind.case(Random(f"{asked.seed} {name} {n}"))
                    tried[name] += 1
                    if complaint := tried_out(kind, case, world):
                        broken += 1
                        small = smallest(kind, case, world)
                        print(f"{name} {n}: {kind.shown(small)}\n{small!r}"[:5000])
                        print(tried_out(kind, small, world) or complaint, "\n", flush=True)
        finally:
            os.chdir(HERE)
            world.close()
    raise AssertionError


def found(name: str) -> Kind:
    """The kind in a file."""
    kind: Kind = importlib.import_module(f"kinds.{name}").KIND
    return kind


def tried_out(kind: Kind, case: Case, world: World) -> str:
    """What is wrong with an input, in a fresh folder."""
    os.chdir(world.fresh())
    return kind.complaint(case, world)


def smallest(kind: Kind, case: Case, world: World) -> Case:
    """An input of which no smaller one breaks anything, as far as the time allows."""
    end = time.monotonic() + PATIENCE
    while True:
        for each in kind.smaller(case):
            if time.monotonic() > end:
                return case
            if tried_out(kind, each, world):
                case = each
                break
        else:
            return case


if __name__ == "__main__":
    sys.exit(main())
