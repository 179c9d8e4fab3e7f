"""Plugins installed as pip does, for one test."""

from __future__ import annotations

from pathlib import Path

LOSS = '''
from dataclasses import dataclass
import ganzoo

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="{name}", summary="Scores.", factory="{module}:Scores")

@dataclass(frozen=True)
class Scores:
    """Differences."""
    scale: float = {scale}
    def discriminator(self, real, fake):
        return (fake.mean() - real.mean()) * self.scale
    def generator(self, fake):
        return -fake.mean() * self.scale
'''


def install(distribution: str, module: str, code: str | None, *, metadata: bool = True) -> str:
    """Put a package into ``site`` as pip would. Returns the ``PYTHONPATH`` that finds it."""
    info = Path("site", f"{distribution.replace('-', '_')}-1.2.dist-info")
    info.mkdir(parents=True)
    if metadata:
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n"
        )
    (info / "entry_points.txt").write_text(f"[ganzoo]\n{module}-plugin = {module}\n")
    if code is not None:
        Path("site", f"{module}.py").write_text(code)
    return str(Path("site").absolute())
