"""What a diagnosis says of one illness."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ganzoo.registry.records import Paper


@dataclass(frozen=True)
class Finding:
    """One illness of a run."""

    illness: str
    """A word for programs: ``"collapse"``."""
    title: str
    """The same for people."""
    evidence: str
    """What in the run's numbers says so."""
    cause: str
    """Why it happens, in two sentences."""
    paper: Paper
    """Where the cause was published."""
    advice: str
    """What to change."""
    command: str
    """A whole ``ganzoo train ...`` that does so with this run's other settings."""

    def __repr__(self) -> str:
        return f"<Finding {self.illness}: {self.title}>"

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        paper = {"title": self.paper.title, "year": self.paper.year, "link": self.paper.link}
        return {**asdict(self), "paper": paper}
