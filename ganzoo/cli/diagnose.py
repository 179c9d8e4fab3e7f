"""``ganzoo diagnose``: what is wrong with a run, and what to try."""

from __future__ import annotations

import logging
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import command, err, out, print_json, say
from ganzoo.training.interrupts import uninterrupted

if TYPE_CHECKING:
    from ganzoo.diagnosis import Finding
    from ganzoo.runs.folder import Run

logger = logging.getLogger("ganzoo")
SHARE = 0.01
"""Of the time of training that it takes at most."""


@command
def diagnose(
    run: Annotated[
        str,
        typer.Argument(
            help="A run's folder, or its name under runs/.", autocompletion=complete.runs
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what is wrong with a run, by which numbers, why, and what to try."""
    from ganzoo.diagnosis import diagnose
    from ganzoo.runs.folder import find

    examined = find(run)
    diagnosis = diagnose(examined)
    if as_json:
        print_json([finding.plain() for finding in diagnosis.findings])
    else:
        for finding in diagnosis.findings:
            out.print(spelt(finding, out.width), markup=False, soft_wrap=True)
    if not diagnosis.findings:
        say(f"{examined.path}: {diagnosis.verdict}")
        if diagnosis.command:
            say("Train on with:")
            say(f"  {diagnosis.command}", style="bold")


def spelt(finding: Finding, width: int) -> str:
    """A finding as a person reads it; the command stays in one line, to be copied."""
    paper = finding.paper
    lines = [
        (f"{finding.title[0].upper()}{finding.title[1:]}: {finding.evidence}.", ""),
        (f"Why: {finding.cause} ({paper.title}, {paper.year}: {paper.link})", "  "),
    ]
    if finding.command:
        lines.append((f"Try: {finding.advice}:", "  "))
    filled = [
        textwrap.fill(
            text, width, initial_indent=indent, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )
        for text, indent in lines
    ]  # fmt: skip
    return "\n".join([*filled, *([f"    {finding.command}"] if finding.command else [])])


class Watch:
    """Reports each fault once while a run trains, and at the end those that are left."""

    def __init__(self, run: Run, quiet: bool) -> None:
        self._run = run
        self._quiet = quiet
        self._reported: set[str] = set()
        self._next = 0.0

    def look(self, at_once: bool = False) -> None:
        """Report what is new, if it is time: long tables take time to read."""
        start = time.monotonic()
        if start < self._next and not at_once:
            return
        findings = self._findings()
        self._next = start + (time.monotonic() - start) / SHARE
        for finding in findings:
            if finding.fault not in self._reported:
                self._reported.add(finding.fault)
                with uninterrupted():
                    say(spelt(finding, err.width), style="yellow")

    def conclude(self) -> None:
        """Say what is wrong at the end, in a line each."""
        if findings := self._findings():
            say("What looks wrong:", style="yellow")
            for finding in findings:
                line = finding.title + (f". To try: {finding.advice}" if finding.advice else "")
                say(textwrap.indent(textwrap.fill(line, err.width - 2), "  "))
            say(f"  ganzoo diagnose {self._run.path}")

    def _findings(self) -> Sequence[Finding]:
        """None where it cannot be said: no run fails because of its diagnosis."""
        if self._quiet:
            return []
        with uninterrupted():  # an import that is broken off in the middle fails in strange ways
            from ganzoo.diagnosis import diagnose

        try:
            return diagnose(self._run).findings
        except Exception as error:
            self._quiet = True
            logger.warning("no diagnosis from here on (%s: %s)", type(error).__name__, error)
            return []
