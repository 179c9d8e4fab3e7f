"""Commands whose stdout or stderr is closed, full, broken, or a slow pipe."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from random import Random

from conftest import TINY
from kind import World, complaint_about, fewer

from ganzoo.prose.commands import shell_command

COMMANDS = (
    "", "--help", "--version", "--nosuch", "nosuch", "list", "list --json", "info bce",
    "info bce --json", "info nosuch", "runs .", "runs --json", "plugins", "plugins list",
    "plugins show builtin", "plugins new x --kind loss", "plugins check bce", "diagnose run",
    "diagnose run --json", "sample run", "sample run --step 7", "reproduce",
    "evaluate run --metric modes -n 500", "evaluate run --metric modes -n 500 --json",
    "train -h", "train --steps x", f"{shlex.join(TINY)} --steps 4 --out new",
    f"{shlex.join(TINY)} --steps 4 --out new -q", f"{shlex.join(TINY)} --dry-run",
)  # fmt: skip
DATA = {"--version", "--help", "-h", "list", "info", "runs", "--json", "show"}
"""Words of commands that print data without doing anything else."""
STDOUT = {
    "": "",
    ">&-": "os.close(1); sys.stdout = None",
    "1</dev/null": "os.dup2(os.open(os.devnull, os.O_RDONLY), 1)",
    ">/dev/full": "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)",
    "| true": "r, w = os.pipe(); os.close(r); os.dup2(w, 1); os.close(w)",
}
STDERR = {
    "": "",
    "2>&-": "os.close(2); sys.stderr = None",
    "2</dev/null": "os.dup2(os.open(os.devnull, os.O_RDONLY), 2)",
    "2>/dev/full": "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)",
    "2> >(true)": "r, w = os.pipe(); os.close(r); os.dup2(w, 2); os.close(w)",
}
"""What a shell does, and how the process becomes like that."""

LOST = {">&-", "1</dev/null", ">/dev/full"}
"""Where data is lost."""
Streams = tuple[list[str], str, str]


class OfStreams:
    """A command, its stdout and its stderr."""

    def case(self, random: Random) -> Streams:
        command = random.choice(COMMANDS)
        return command.split(), random.choice(list(STDOUT)), random.choice(list(STDERR))

    def complaint(self, case: Streams, world: World) -> str:
        words, out, err = case
        if words[:1] == ["train"] and not {"--steps", "-h", "--dry-run"} & set(words):
            return ""  # it trains for long
        whole = world.ganzoo(*words)
        usual = 0 if "Usage: " in whole.out else whole.status  # without arguments, help is data
        os.chdir(world.fresh())
        before = "\n".join(("import os, sys", STDOUT[out], STDERR[err]))
        result = world.ganzoo(*words, before=before)
        if wrong := complaint_about(result, told=not err):
            return wrong
        may = {usual if out else whole.status}
        if out in LOST and not usual:
            may = {1} if DATA & set(words) or "Usage: " in whole.out else {0, 1}
        if result.status not in may:
            return f"status {result.status}, expected {sorted(may)}\n{result.err}"
        if out == "| true" and not usual and "Error" in result.err:
            return f"it complains about a broken pipe\n{result.err}"
        return ""

    def smaller(self, case: Streams) -> Iterator[Streams]:
        words, out, err = case
        if err:
            yield words, out, ""
        if out:
            yield words, "", err
        yield from ((fewer_words, out, err) for fewer_words in fewer(words))

    def shown(self, case: Streams) -> str:
        words, out, err = case
        return f"{shell_command(*words)} {err} {out}"


KIND = OfStreams()
