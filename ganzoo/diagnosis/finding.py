"""What a diagnosis says of one fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ganzoo.registry.records import Paper


@dataclass(frozen=True)
class Finding:
    """One fault of a run."""

    fault: str
    """A word for programs: ``"collapse"``."""
    title: str
    """The same for people."""
    evidence: str
    """What in the run's numbers shows it, as a clause."""
    cause: str
    """Why it happens, in two sentences."""
    paper: Paper
    """Where the cause was published."""
    advice: str = ""
    """What to change. Empty where no remedy has been tested on such a run."""
    command: str = ""
    """A whole ``ganzoo train ...`` that does so with this run's other settings."""
    lasting: bool = False
    """Whether more training does not help, so that it counts in a run that is still short."""

    def __repr__(self) -> str:
        return f"<Finding {self.fault}: {self.title}>"

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        paper = {"title": self.paper.title, "year": self.paper.year, "link": self.paper.link}
        fields = asdict(self)
        del fields["lasting"]
        return {**fields, "paper": paper}
