"""The command line, one file a command. Data goes to stdout, everything else to stderr."""

import gc
import io
import os
import signal
import sys


def main() -> None:
    """Run the command line; the console script ``ganzoo``."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)  # until a command is there to deal with Ctrl-C
    if sigbreak := getattr(signal, "SIGBREAK", None):  # Windows: a sweep interrupts its runs by it
        signal.signal(sigbreak, lambda *_: signal.raise_signal(signal.SIGINT))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="replace")  # a formula's Greek letters end no command
    gc.disable()  # modules are no garbage: to look for some takes a tenth of a start
    from ganzoo.cli.app import app

    completing = "_GANZOO_COMPLETE" in os.environ  # the words are not in sys.argv
    run = app(None if completing else sys.argv[1:])
    gc.freeze()
    gc.enable()
    try:
        run(prog_name="ganzoo")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is over: all said, all written


def leave(*_: object) -> None:
    """End at once: nothing has been done that would need an end of its own."""
    os.write(2, b"Interrupted.\n")
    os._exit(130)
