"""The command line, with one file for each command. Data goes to stdout, all else to stderr."""

import contextlib
import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line; the console script ``ganzoo``."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)  # until a command handles Ctrl-C
    if sigbreak := getattr(
        signal, "SIGBREAK", None
    ):  # on Windows, a sweep interrupts its runs with it
        signal.signal(sigbreak, lambda *_: signal.raise_signal(signal.SIGINT))
    from ganzoo.cli import streams

    streams.prepare()
    gc.disable()  # looking for garbage takes a tenth of the start, and imports make none
    from ganzoo.cli.app import app, ended
    from ganzoo.cli.log import show_others

    show_others()
    completing = "_GANZOO_COMPLETE" in os.environ  # the words are not in sys.argv
    run = app(None if completing else sys.argv[1:])
    gc.freeze()
    gc.enable()
    try:
        status = ended(lambda: run(prog_name="ganzoo"))
    finally:
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the command has ended, and everything is written
    sys.exit(status)


def leave(*_: object) -> None:
    """End the process at once. Nothing has started yet that needs cleaning up."""
    with contextlib.suppress(OSError):
        os.write(2, b"Interrupted.\n")
    os._exit(130)
