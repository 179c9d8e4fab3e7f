"""A damaged picture of a folder that does not fit into memory."""

from __future__ import annotations

from pathlib import Path

from conftest import Forks
from picture_folder import PERCEPTRON, pictures


def test_a_streamed_run_after_a_damaged_picture(forked: Forks) -> None:
    """The run stops before its first step, so nothing has to be resumed."""
    streamed = pictures(Path("pictures"))
    args = (*PERCEPTRON, "--dataset", "image-folder", "--set", "root=pictures", "--batch-size", "8")
    path = Path("pictures/a/38.png")
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    refused = forked(*args, "--steps", "20", "--out", "run", before=streamed)
    refused.refused(1, "38.png cannot be read as a picture", "Replace it or remove it")
    assert not Path("run").exists()
    path.write_bytes(whole)
    forked(*args, "--steps", "20", "--out", "run", before=streamed).ok()
    path.write_bytes(whole[:-30])
    again = ("train", "--resume", "run", "--steps", "40")
    refused = forked(*again, before=streamed)
    refused.refused(refused.status or 1, "38.png")
    path.write_bytes(whole)
    forked(*again, before=streamed).ok()
