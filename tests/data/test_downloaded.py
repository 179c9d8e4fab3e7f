"""What a plugin's author gets from `ganzoo.Downloaded`, by a dataset that comes in an archive."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import ganzoo

POINTS = np.arange(6, dtype=np.float32).reshape(3, 2)


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("points", POINTS.tobytes())
    return content.getvalue()


ARCHIVE = archive()


@dataclass(frozen=True)
class Points(ganzoo.Downloaded):
    """Points in the plane, published as a file in an archive."""

    name = "points"
    folder = "Points"
    wanted = "points"

    offset: float = 0.0
    """Added to each."""

    def fields(self) -> dict[str, ganzoo.Field]:
        return {"point": ganzoo.Field((2,))}

    def published(self, file: str) -> tuple[Sequence[str], str]:
        assert file == "points.zip"
        return ["http://127.0.0.1:1/"], hashlib.md5(ARCHIVE).hexdigest()

    def obtain(self, path: Path) -> None:
        packed = path.with_suffix(".zip")
        self.download(packed)
        with zipfile.ZipFile(packed) as files:
            ganzoo.write_whole(path, files.read("points"))

    def read(self, folder: Path) -> ganzoo.Data:
        path = self.need(folder / "points", folder / "points.old")
        points = np.fromfile(path, np.float32)
        if len(points) % 2:
            raise ganzoo.BrokenFile(f"{path} holds {len(points)} numbers, expected pairs")
        array = points.reshape(-1, 2) + np.float32(self.offset)  # (N, 2)
        return ganzoo.Data(self.fields(), {"point": array})


def points(root: Path, offset: float = 0.0) -> np.ndarray:
    data = Points(root=str(root), offset=offset).load()
    assert data.arrays is not None
    return data.arrays["point"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "Points"
    path.mkdir()
    return path


def test_an_archive_that_is_there_is_unpacked_once(tmp_path: Path, folder: Path) -> None:
    (folder / "points.zip").write_bytes(ARCHIVE)
    np.testing.assert_array_equal(points(tmp_path, offset=1.0), POINTS + 1)
    (folder / "points.zip").unlink()
    np.testing.assert_array_equal(points(tmp_path), POINTS)


def test_the_first_of_several_names_wins(tmp_path: Path, folder: Path) -> None:
    (folder / "points.old").write_bytes(POINTS[1:].tobytes())
    np.testing.assert_array_equal(points(tmp_path), POINTS[1:])
    (folder / "points").write_bytes(POINTS.tobytes())
    np.testing.assert_array_equal(points(tmp_path), POINTS)


def test_an_archive_that_is_damaged_is_refused_and_kept(tmp_path: Path, folder: Path) -> None:
    (folder / "points.zip").write_bytes(ARCHIVE[:-1])
    with pytest.raises(ganzoo.BrokenFile) as caught:
        points(tmp_path)
    assert str(caught.value).startswith(f"points: {folder / 'points.zip'} is damaged")
    assert str(caught.value).endswith("to download it again, or copy a good one there.")
    assert [path.name for path in folder.iterdir()] == ["points.zip"]


def test_what_read_finds_broken_is_told_in_the_same_way(tmp_path: Path, folder: Path) -> None:
    (folder / "points").write_bytes(POINTS.tobytes()[:-4])
    with pytest.raises(ganzoo.BrokenFile, match=r"points: .*5 numbers, .*\nDelete the file"):
        points(tmp_path)


def test_the_message_of_a_dataset_with_no_other_way_out(tmp_path: Path) -> None:
    with pytest.raises(ganzoo.DataUnavailable) as caught:
        points(tmp_path)
    assert str(caught.value) == (
        f"points: points is missing from {tmp_path / 'Points'} and could not be downloaded.\n"
        "points.zip was not downloaded, because GANZOO_OFFLINE is set\n"
        "What to do: copy points into that folder, or set GANZOO_DATA to a folder that has them in "
        "Points."
    )


def test_a_class_that_does_not_say_how_to_read_is_refused() -> None:
    class Unread(ganzoo.Downloaded):
        name = "unread"

    with pytest.raises(TypeError, match=r"abstract .*published.*read"):
        Unread()  # type: ignore[abstract]
