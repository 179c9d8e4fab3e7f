"""Where tests stand, and how long files are."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
NO_ROOMS = {"fuzz", "games", "runs_of_earlier_versions"}
"""Folders of what tests use."""
LONGEST = 400
"""Lines of a Python file."""


def test_the_folders_of_tests_are_the_rooms_of_ganzoo():
    rooms = {path.parent.name for path in ROOT.glob("ganzoo/*/__init__.py")}
    files = (path for path in TESTS.glob("*/**/*") if path.is_file() and path.suffix != ".pyc")
    folders = {path.relative_to(TESTS).parts[0] for path in files}
    assert folders - rooms == NO_ROOMS
    assert len(folders) > 10


def test_no_python_file_is_long():
    folders = ("benchmarks", "docs", "examples", "ganzoo", "plugins", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 200
    lengths = {path: len(path.read_text().splitlines()) for path in files}
    assert not {str(path): n for path, n in lengths.items() if n > LONGEST}
