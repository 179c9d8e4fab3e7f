"""Pictures of the user in two folders: which are pairs, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ganzoo_pairs.folder_pairs import ENDINGS, FolderPairs
from PIL import Image

import ganzoo
from ganzoo.builtin import image_folder
from ganzoo.builtin.image_files import ENDINGS as READ
from ganzoo.testing import checks


def save(file: Path, value: int, mode: str = "L", side: int = 8) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (side, side), value if mode == "L" else (value,) * len(mode)).save(file)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Ten pairs, whose endings and order differ. b has the value of a plus 100."""
    names = [*"cdefgh", "x", "x.t", "sub/a", "sub/b"]
    for i, name in enumerate(names):
        save(tmp_path / "a" / f"{name}{'.tif' if name == 'x' else '.png'}", i)
        save(tmp_path / "b" / f"{name}.PNG", 100 + i)
    return {name: tmp_path / name for name in "ab"}


def test_it_reads_what_image_folder_reads() -> None:
    assert set(ENDINGS) == set(READ)


@pytest.mark.parametrize("memory", [1 << 30, 0], ids=["in memory", "streamed"])
def test_pictures_of_one_name_are_pairs(
    folders: Any, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", memory)
    data: Any = FolderPairs(**folders, held_out=3).load()
    assert [*data.fields] == ["b", "a"]
    arrays = data.arrays or ganzoo.read_source(data.source)
    for part, n in ((arrays, 7), (data.held_out, 3)):
        assert len(part["a"]) == n
        assert np.array_equal(part["b"], part["a"] + 100)
    values = [*arrays["a"][:, 0, 0, 0], *data.held_out["a"][:, 0, 0, 0]]
    assert sorted(values) == [*range(10)]
    assert FolderPairs(**folders).load().sizes == {"": 9}


def test_one_folder_in_memory_and_one_that_is_streamed(
    folders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", 64 * 10)
    for file in folders["b"].rglob("*.PNG"):
        save(file, Image.open(file).getpixel((0, 0)), side=16)  # type: ignore[arg-type]
    data: Any = FolderPairs(**folders, held_out=3).load()
    read = ganzoo.read_source(data.source)
    assert read["b"].shape == (7, 1, 16, 16)
    assert np.array_equal(read["b"][:, 0, 0, 0], read["a"][:, 0, 0, 0] + 100)


@pytest.mark.parametrize("memory", [1 << 30, 0], ids=["in memory", "streamed"])
def test_without_pairs_the_folders_are_domains(
    folders: Any, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", memory)
    for i in range(20):
        save(folders["b"] / f"more-{i}.png", 200 + i)
    data: Any = FolderPairs(**folders, paired=False).load()
    assert data.sizes == {"a": 9, "b": 27}
    assert [*data.domains] == ["a", "b"]
    assert not any(field.partners for field in data.fields.values())
    assert {k: len(v) for k, v in data.held_out.items()} == {"a": 1, "b": 3}


def test_the_fingerprint_names_the_files_of_both_folders(folders: Any) -> None:
    dataset = FolderPairs(**folders)
    before = dataset.fingerprint()
    assert {"a/sub/a.png", "b/x.t.PNG"} <= set(before)
    save(folders["b"] / "x.PNG", 99)
    after = dataset.fingerprint()
    assert [name for name in before if before[name] != after[name]] == ["b/x.PNG"]


def test_pictures_are_converted_as_image_folder_converts_them(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in "ab"}
    pictures = {
        "palette": Image.new("P", (8, 8), 3),
        "deep": Image.fromarray(np.full((8, 8), 51_400, np.uint16)),
        "clear": Image.new("RGBA", (8, 8), (10, 20, 30, 0)),
        "half": Image.new("RGBA", (8, 8), (10, 20, 30, 128)),
    }
    pictures["palette"].putpalette([0, 0, 0, 1, 1, 1, 2, 2, 2, 40, 50, 60])
    for root in folders.values():
        root.mkdir()
        for name, picture in pictures.items():
            picture.save(root / f"{name}.png")
    data: Any = FolderPairs(**folders, channels=3, held_out=1).load()
    expected: Any = ganzoo.load_data(
        "image-folder", {"root": str(folders["a"]), "channels": 3}
    ).arrays
    pixels = {bytes(x) for x in (*data.arrays["a"], *data.held_out["a"])}
    assert pixels == {bytes(x) for x in expected["image"]}
    colours = [x[:, 0, 0].tolist() for x in expected["image"]]
    assert [40, 50, 60] in colours
    assert [255, 255, 255] in colours, "transparent parts are white"
    assert [200, 200, 200] in colours, "the upper eight of 16 bits"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda f: (f["a"] / "c.png").unlink(),
            r"c in .*b has no partner of the same name in .*a\.",
        ),
        (lambda f: save(f["a"] / "z.png", 1), r"z in .*a has no partner of the same name in .*b\."),
        (lambda f: save(f["b"] / "c.bmp", 1), "b has several pictures that are called c; expected"),
        (
            lambda f: save(f["b"] / "c.PNG", 1, side=9),
            r"dataset.b: .* several sizes: .*dataset.size",
        ),
        (lambda f: save(f["a"] / "c.png", 1, "RGB"), r"dataset.a: .* several modes: .*channels=3"),
        (lambda f: f.update(b=f["b"] / "none"), r"none does not exist; .*--set dataset.b=FOLDER"),
        (lambda f: f.update(a=f["a"] / "c.png"), r"c.png is a file; .*--set dataset.a=FOLDER"),
        (lambda f: f.update(held_out=10), "has 10 pictures, of which 10 would be held out"),
    ],
)
def test_folders_that_do_not_fit(folders: Any, change: Any, message: str) -> None:
    change(folders)
    with pytest.raises(ganzoo.UsageError, match=f"^folder-pairs.*{message}") as refused:
        FolderPairs(**folders).load()
    assert "\n" not in str(refused.value)


def test_an_empty_folder_and_a_broken_picture_are_named(folders: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ganzoo.UsageError, match=r"^folder-pairs, dataset.a: no pictures in"):
        FolderPairs(**folders | {"a": tmp_path / "empty"}).load()
    (folders["b"] / "d.PNG").write_bytes(b"no picture")
    with pytest.raises(ganzoo.BrokenFile, match=r"^folder-pairs, dataset.b: .*d.PNG"):
        FolderPairs(**folders).load()


def test_it_conforms(folders: Any) -> None:
    for i in range(30):
        for name in "ab":
            save(folders[name] / f"more-{i}.png", i)
    for check in checks("folder-pairs", {f"dataset.{k}": str(v) for k, v in folders.items()}):
        check()
