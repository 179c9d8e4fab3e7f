"""The command line, one file a command. Data goes to stdout, everything else to stderr."""


def main() -> None:
    """Run the command line; the console script ``ganzoo``."""
    from ganzoo.cli.app import app

    app(prog_name="ganzoo")
