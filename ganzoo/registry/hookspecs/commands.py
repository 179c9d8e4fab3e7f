"""The hook ``ganzoo_commands``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Command


@hookspec
def ganzoo_commands() -> Iterable[Command]:
    '''Adds commands to ``ganzoo``. ``ganzoo --help`` lists them under a heading of their own.

    ``factory`` names a function or a ``typer.Typer`` that holds several commands. A function's
    parameters become arguments and options as https://typer.tiangolo.com explains. The code is
    imported only when somebody calls the command, also for its ``--help``.

    Print results to stdout and messages to stderr. ganzoo reports an error in one line, and
    ``ganzoo --traceback NAME`` shows where it arose. Raise `ganzoo.UsageError` if the user should
    write something else, which ends with status 2, and `typer.Exit` for a status of your own.

    The names of ganzoo's own commands cannot be taken. If two plugins have a command of one name,
    ``ganzoo DISTRIBUTION/NAME`` selects one of them. ::

        # ganzoo_spread/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_commands():
            yield ganzoo.Command(
                name="spread",
                summary="Print how much the samples of a run vary.",
                factory="ganzoo_spread.command:spread",
            )

    ::

        # ganzoo_spread/command.py
        """The command ``ganzoo spread``.

        A generator that has collapsed draws nearly the same sample for every latent. Then the
        standard deviation over its samples is close to 0.
        """

        from typing import Annotated

        import ganzoo
        import typer


        def spread(
            run: Annotated[str, typer.Argument(help="The folder of a run.")],
            seed: Annotated[int, typer.Option(help="The seed of the latents.")] = 0,
        ) -> None:
            """Print how much the samples of a run vary."""
            samples = ganzoo.load(run).sample(256, seed=seed)
            print(f"{samples.tensor.std(dim=0).mean():.4f}")
    '''
    raise NotImplementedError
