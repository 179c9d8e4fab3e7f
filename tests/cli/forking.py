"""A process that runs the command line many times and imports torch once.

Importing torch takes seconds, a tiny run a tenth of one. So this process imports what there is to
import, and calls nothing of it; then it forks a child for each request on stdin. The child is as
real as any process: it has files, signals and an exit status of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
import warnings

MODULES = (
    "torch._dynamo", "torch.utils.data", "torchvision.datasets", "PIL.PngImagePlugin",
    "numpy.ctypeslib", "pydantic.type_adapter", "pydantic.fields", "pydantic.types",
    "ganzoo.cli.app", "ganzoo.cli.train", "ganzoo.cli.display", "ganzoo.cli.dry_run",
    "ganzoo.training.run",
    "ganzoo.training.loading", "ganzoo.builtin.bce", "ganzoo.builtin.image_folder",
    "ganzoo.builtin.mnist_5k", "ganzoo.builtin.toys", "ganzoo.builtin.vanilla_mlp",
    "bokeh.embed", "bokeh.plotting", "ganzoo.reporting.comparison", "ganzoo.reporting.single",
    "matplotlib.figure", "matplotlib.backends.backend_agg",
)  # fmt: skip


def serve() -> None:
    """Answer requests, one line of JSON each: ``{"args": ...}`` starts, ``{"pid": ...}`` awaits."""
    for name in MODULES:
        importlib.import_module(name)
    gc.freeze()  # looking for garbage would copy the memory into each child
    print("ready", flush=True)
    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        if "pid" in request:
            answer = _wait(**request)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # newer Pythons warn about threads, but numpy's are idle
                answer = os.fork()
            if answer == 0:
                _become(**request)
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for pid in children:  # the client has ended, and no child may outlive it
        with contextlib.suppress(OSError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)


def _wait(pid: int, seconds: float) -> int | None:
    """The status as `subprocess` gives it; ``None`` while the process is running."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            return None
        time.sleep(0.002)


def _become(
    args: list[str], cwd: str, env: dict[str, str], out: str, err: str, before: str
) -> None:
    """Become ``python -m ganzoo``."""
    os.setsid()
    for file, number in ((os.devnull, 0), (out, 1), (err, 2)):
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[0:1] = [cwd, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv = ["ganzoo", *args]
    if os.isatty(2):  # the console was created for a file, so create it again
        for name in [name for name in sys.modules if name.startswith("ganzoo.cli")]:
            del sys.modules[name]
    status = 1
    try:
        exec(before, {})
        importlib.import_module("ganzoo.cli").main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # skips a second in which the interpreter would free torch


if __name__ == "__main__":
    serve()
    os._exit(0)  # as above
