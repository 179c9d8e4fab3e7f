"""The losses that ``--loss a,b,c`` and ``--loss all`` select."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ganzoo.errors import UsageError
from ganzoo.registry.records import Loss
from ganzoo.registry.registry import Entry, Registry

ALL = "all"


def are_several(text: str | None) -> bool:
    """Whether the text selects more than one loss."""
    return text is not None and (text == ALL or "," in text)


def losses_of(zoo: Registry, text: str) -> Mapping[str, Entry]:
    """Folder name -> loss, in the order of the text.

    Raises:
        UsageError: a name is unknown or occurs twice.
    """
    if text == ALL:
        found = zoo.entries(Loss)
    else:
        names = [name.strip() for name in text.split(",")]
        if not all(names):
            raise UsageError(f"--loss {text}: expected names such as bce,minimax, or {ALL}")
        found = [zoo.find(Loss, name) for name in names]
        twice = [name for name, n in Counter(e.qualified for e in found).items() if n > 1]
        if twice:
            raise UsageError(f"--loss {text} names {twice[0].rpartition('/')[2]} twice")
    alike = Counter(entry.record.name for entry in found)
    return {
        e.record.name if alike[e.record.name] == 1 else e.qualified.replace("/", "-"): e
        for e in found
    }
