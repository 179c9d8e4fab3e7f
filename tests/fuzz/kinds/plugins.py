"""A plugin whose code misbehaves while it is used, at each place that ganzoo calls."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import odd_plugin
from conftest import Result
from kind import World, complaint_about

from ganzoo.prose.commands import shell_command

SETS = (
    "threads=1", "batch_size=16", "samples=16", "log_every=2", "sample_every=2",
    "checkpoint_every=2", "evaluate_every=2", "steps=4",
)  # fmt: skip
TRAIN = (
    "--plugin", odd_plugin.__file__, "train", "odd-model", "--loss", "odd-loss", "--penalty",
    "odd-penalty", "--observer", "odd-observer", "--metric", "odd-metric", "-q",
    *(f"--set={each}" for each in SETS),
)  # fmt: skip
AGAIN = (
    "sample usual", "sample usual --interpolate 0 1 --frames 3",
    "evaluate usual --metric odd-metric -n 50 --json", "report usual",
    "compare usual run",
    "train --config usual/run.json --dry-run",
)  # fmt: skip
"""Commands on a run of the plugin."""
TEXTS = (
    "0", "3", "None", "'broken inside'", "'a\\nError: b'", "'\\x1b[31m\\x00\\u202e'", "'[red]x[/]'",
    "'\\ud800'", "'x' * 100_000", "b'x'", "[1, 2]", "'a', 'b'", "",
)  # fmt: skip
RAISED = (
    "ValueError", "SystemExit", "BrokenPipeError", "KeyError", "StopIteration", "GeneratorExit",
    "BaseException", "StopAsyncIteration", "ImportError", "AssertionError", "RecursionError",
    "ConnectionResetError", "FileNotFoundError", "EOFError", "TypeError", "AttributeError",
    "NotImplementedError", "Warning", "TimeoutError", "ReferenceError", "IndexError",
)  # fmt: skip
ODD_ERRORS = (
    "raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})",
    "raise type('E', (Exception,), {'__str__': lambda self: 5})",
    "raise type('E', (Exception,), {'__str__': lambda self: sys.exit(0)})",
    "raise type('E', (BaseException,), {'__repr__': lambda s: 1 / 0, '__str__': repr})",
    "raise type('E', (ValueError,), {'__reduce__': lambda self: 1 / 0})('x')",
    "raise type('\\x1b[31m\\n', (Exception,), {})('x')",
    "raise type('E', (Exception,), {'__module__': None})('x')",
    "raise type('E', (Exception,), {'__getattribute__': lambda self, name: 1 / 0})",
    "raise type('E', (SystemExit,), {})(0)",
    "raise ExceptionGroup('many', [ValueError(i) for i in range(99)])",
    "raise BaseExceptionGroup('many', [SystemExit(0), KeyError('x')])",
    "e = ValueError('x'); e.__cause__ = e; raise e",
    "e = ValueError('x'); e.add_note('\\x1b[31m'); raise e",
    "e = ValueError('x'); e.__notes__ = 3; raise e",
    "exec('def f(): f()\\nf()', g := {})",
    "import typer; raise typer.Exit(0)",
    "import typer; raise typer.Abort",
    "import click; raise click.UsageError('x')",
    "import asyncio; raise asyncio.CancelledError",
    "1 / 0",
    "exit()",
    "import nosuch",
    "torch.zeros(2) @ torch.zeros(3)",
    "torch.zeros(1).cuda(99)",
    "raise None",
    "raise 5",
)
INTERRUPTS = ("raise KeyboardInterrupt", "raise type('E', (KeyboardInterrupt,), {})('x')")
PRINTED = (
    "print('DIRT')", "os.write(1, b'DIRT')", "os.system('echo DIRT')", "sys.stdout.write('DIRT')",
    "sys.__stdout__.write('DIRT')", "sys.stdout.buffer.write(b'DIRT')",
)  # fmt: skip
"""It may print colours, too, as progress bars do. They reach stderr as they are."""
WARNED = (
    "[warnings.warn(f'w{i}') for i in range(3000)]",
    "warnings.simplefilter('always'); [warnings.warn('w') for i in range(3000)]",
    "[logging.getLogger('ganzoo').warning('w%d', i) for i in range(3000)]",
    "[logging.getLogger('odd').warning('w%d', i) for i in range(3000)]",
    "[warnings.warn(f'{i}' + 'w' * 1000) for i in range(3000)]",
    "warnings.warn('a\\nError: b')",
    "logging.getLogger('ganzoo').error('a\\nError: b')",
    "[warnings.warn_explicit('w', UserWarning, f'file{i}', i) for i in range(3000)]",
)
CHANGED = (
    "torch.set_default_dtype(torch.float64)", "torch.set_default_device('meta')",
    "torch.set_grad_enabled(not torch.is_grad_enabled())", "torch.no_grad().__enter__()",
    "torch.inference_mode().__enter__()", "torch.set_default_dtype(torch.float16)",
)  # fmt: skip
"""Changes of how torch computes."""
ANYWHERE = (
    "os.chdir('/')",
    "torch.set_num_threads(3)",
    "os.makedirs('gone', exist_ok=True); os.chdir('gone'); os.rmdir(os.getcwd())",
)
SEEDED = ("torch.manual_seed(0)", "np.random.seed(0)", "random.seed(0)")
GIVEN = (
    "None", "3", "-1", "0.5", "'x'", "[]", "{}", "()", "object()", "ganzoo", "float('nan')",
    "torch.tensor(float('nan'))", "torch.tensor(1)", "torch.tensor(1.0)", "torch.zeros(0)",
    "torch.zeros(3, 2)", "torch.zeros(2, requires_grad=True)", "x * float('nan')", "x[None]",
    "x[:1]", "x[..., :1]", "x.double()", "x.long()", "x.tolist()", "x.detach()", "x + 1j", "(x, x)",
    "[x]", "x * 1e30", "x.expand(5, *x.shape)", "np.zeros(2)", "x.half()", "x.bool()", "(x, {})",
    "{'good': None}", "{'good': 'x'}", "{'good': float('nan')}", "{'good': torch.tensor(1.0)}",
    "{'bad': 1.0}", "{'good': 1.0, 'bad': 2.0}", "{1: 1.0}", "{'good': 10**400}", "{'good': True}",
    "{'point': None}", "{'point': 3}", "{'point': np.zeros(2)}", "{'point': 'x'}", "{3: x}",
    "{'point': np.zeros((2, 2))}", "{'point': np.array(['a', 'b'])}", "{**x, 'more': 1}",
    "ganzoo.Field((2,))", "{'point': ganzoo.Field((3,))}", "{'point': ganzoo.Field(())}",
    "{'\\x1b[31m\\n': ganzoo.Field((2,))}", "{'point': ganzoo.Field((-2,))}", "(i for i in ())",
    "{'point': ganzoo.Field((2,), dtype='nosuch')}", "type(x)", "lambda *a, **k: None",
    "lambda *a, **k: 1 / 0", "lambda: None", "nn.Linear(2, 2)", "nn.Identity()", "(*x, *x)",
    "(None,)", "(3, 'x')", "True", "10**400", "-0.0", "x.__class__", "iter(x)", "str(x)",
)  # fmt: skip
Misbehaviour = tuple[str, str, str, str, str]
"""The place, what it does, what it returns, the dataset, and the command; empty to train."""
HARMLESS = ("watch", "event", "measure")
INSIDE = ("build", "forward", "backward", "item")
COMPUTING = ("move loss", "sample", "verdict", "step", "discriminator", "generator", "penalty")
UNSEEDED = ("fields", "load", "against", "measure", "watch", "event")


class OfPlugins:
    """A plugin that misbehaves, in a training or in a later command."""

    def case(self, random: Random) -> Misbehaviour:
        place = random.choice(list(odd_plugin.PLACES))
        streamed = place in ("length", "item") or random.random() < 0.1
        command = random.choice(("", "", *AGAIN))
        do, give = "", ""
        match random.randrange(8):
            case 0 | 1:
                do = f"raise {random.choice(RAISED)}({random.choice(TEXTS)})"
            case 2:
                do = random.choice((*ODD_ERRORS, *ODD_ERRORS, *INTERRUPTS))
            case 3:
                do = random.choice((*PRINTED, *WARNED))
            case 4:
                some = ANYWHERE if place in (*INSIDE, *COMPUTING) else (*CHANGED, *ANYWHERE)
                do = random.choice((*some, *(SEEDED if place in UNSEEDED else ())))
            case _:
                give = random.choice(GIVEN)
        return place, do, give, "odd-stream" if streamed else "odd-data", command

    def complaint(self, case: Misbehaviour, world: World) -> str:
        place, do, give, dataset, command = case
        train = (*TRAIN, "--dataset", dataset)
        shutil.copytree(world.trained(*train), "usual")
        words = ("--plugin", odd_plugin.__file__, *command.split()) if command else (
            *train, "--out", "new"
        )  # fmt: skip
        result = world.ganzoo(*words, ODD_AT=place, ODD_DO=do, ODD_GIVE=give)
        if do in INTERRUPTS and result.status == 130 and "Interrupted" in result.err:
            return ""
        if wrong := complaint_about(result):
            return wrong
        if "DIRT" in result.out:
            return f"it prints to stdout\n{result}"
        if result.status:
            return _unclear(result, place, dataset)
        if do.startswith("raise") and not command and _reached(place, dataset):
            if place not in HARMLESS:
                return f"nothing came of the error\n{result}"
            if wrong := _unclear(result, place, dataset):
                return wrong
        if do.startswith("raise") or do in ODD_ERRORS or give or command:
            return ""
        if Path("new/metrics.csv").read_bytes() != Path("usual/metrics.csv").read_bytes():
            return f"it trains differently\n{result}"
        return ""

    def smaller(self, case: Misbehaviour) -> Iterator[Misbehaviour]:
        place, do, give, dataset, command = case
        if command:
            yield place, do, give, dataset, ""

    def shown(self, case: Misbehaviour) -> str:
        place, do, give, dataset, command = case
        words = command.split() or (*TRAIN[2:], "--dataset", dataset)
        told = {"ODD_AT": place, "ODD_DO": do, "ODD_GIVE": give}
        start = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
        return f"{start} {shell_command(*words, plugins=[odd_plugin.__file__])}"


def _reached(place: str, dataset: str) -> bool:
    return (place in ("length", "item")) <= (dataset == "odd-stream")


NUMBERS = ("trainer.batch_size is", "became nan", "became inf", "are not finite")
"""Messages about numbers, which name no record."""


def _unclear(result: Result, place: str, dataset: str) -> str:
    """What is wrong with the message about a plugin."""
    kind = odd_plugin.PLACES[place]
    name = dataset if kind == "dataset" else f"odd-{kind}"
    lines = [line for line in result.err.splitlines() if line.startswith("Error:")]
    if len(lines) != bool(result.status):
        return f"{len(lines)} errors\n{result.err}"
    if any(words in result.err for words in NUMBERS):
        return ""
    if not re.search(rf"{kind} {name} \(odd_plugin\.py", result.err):
        return f"the message does not name the record and its place\n{result.err}"
    if result.status and result.out:
        return f"data of a command that failed\n{result}"
    return ""


KIND = OfPlugins()
