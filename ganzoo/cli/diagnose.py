"""``ganzoo diagnose``: the faults of a run, and what to try."""

from __future__ import annotations

import logging
import textwrap
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli import complete
from ganzoo.cli.console import command, err, out, print_json, say
from ganzoo.prose.commands import shell_command
from ganzoo.registry.boundary import headline
from ganzoo.training.interrupts import uninterrupted

if TYPE_CHECKING:
    from ganzoo.diagnosis import Finding
    from ganzoo.runs.folder import Run

logger = logging.getLogger("ganzoo")
SHARE = 0.01
"""The largest share of the training time that looking for faults may take."""


@command
def diagnose(
    run: Annotated[
        str,
        typer.Argument(
            help="The run's folder, or its name under runs/.",
            autocompletion=complete.runs,
            metavar="RUN",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Find a run's faults, and show the evidence, the cause and what to try."""
    from ganzoo.diagnosis import diagnose
    from ganzoo.runs.finding import find

    examined = find(run)
    diagnosis = diagnose(examined)
    if as_json:
        print_json([finding.plain() for finding in diagnosis.findings])
    else:
        for finding in diagnosis.findings:
            out.print(spelt(finding, out.width), soft_wrap=True)
    if not diagnosis.findings:
        say(f"{examined.path}: {diagnosis.verdict}")
        if diagnosis.command:
            say("To continue training:")
            say(f"  {diagnosis.command}", style="bold")


def spelt(finding: Finding, width: int) -> str:
    """A finding as text. The command stays on one line, so that it can be copied."""
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
    """Reports each fault once while a run trains, and the remaining ones at the end."""

    def __init__(self, run: Run, quiet: bool) -> None:
        self._run = run
        self._quiet = quiet
        self._reported: set[str] = set()
        self._next = 0.0

    def look(self, at_once: bool = False) -> None:
        """Report new faults, if it is time. Reading long tables takes a while."""
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
        """Report the remaining faults at the end, each in one line."""
        if findings := self._findings():
            say("What looks wrong:", style="yellow")
            for finding in findings:
                line = finding.title + (f". Try: {finding.advice}" if finding.advice else "")
                say(textwrap.indent(textwrap.fill(line, err.width - 2), "  "))
            say(f"  {shell_command('diagnose', self._run.path)}")

    def _findings(self) -> Sequence[Finding]:
        """The faults, or none if the diagnosis fails. A failed diagnosis must not end a run."""
        if self._quiet:
            return []
        with uninterrupted():  # an interrupted import fails in strange ways
            from ganzoo.diagnosis import diagnose

        try:
            return diagnose(self._run).findings
        except Exception as error:
            self._quiet = True
            logger.warning("the diagnosis failed and is off from now on (%s)", headline(error))
            return []
