"""The imports of a file, in the usual order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

THEIRS = re.compile(r"(import|from) (torch|numpy|PIL|matplotlib)")


def imports(wanted: Iterable[str], code: str) -> str:
    """Those of the ``wanted`` import statements whose names the code uses, as text."""
    plain: list[str] = []
    names: defaultdict[str, set[str]] = defaultdict(set)
    for line in wanted:
        head, _, imported = line.rpartition("import ")
        used = {each for each in imported.split(", ") if _uses(code, each.split(" as ")[-1])}
        if not head and used:
            plain.append(line)
        elif used:
            names[head] |= used
    lines = sorted(plain) + [
        f"{head}import {', '.join(sorted(names[head]))}" for head in sorted(names)
    ]
    own = [line for line in lines if not THEIRS.match(line)]
    theirs = [line for line in lines if THEIRS.match(line)]
    return "\n".join([*own, "", *theirs]).strip()


def _uses(code: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", code) is not None
