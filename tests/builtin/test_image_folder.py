"""The user's own pictures: what is found, how it is decoded, what is refused."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo.builtin import image_folder
from ganzoo.builtin.image_folder import ImageFolder
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, UsageError

RNG = np.random.default_rng(0)


def paint(path: Path, mode: str = "RGB", size: tuple[int, int] = (8, 6)) -> np.ndarray:
    """Saves a picture of noise and returns its pixels."""
    width, height = size
    channels = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,), "CMYK": (4,)}
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode in channels:
        pixels = RNG.integers(256, size=(height, width, *channels[mode]), dtype=np.uint8)
        picture = Image.frombytes(mode, size, pixels.tobytes())
    elif mode == "I;16":
        pixels = RNG.integers(65536, size=(height, width), dtype=np.uint16)
        picture = Image.fromarray(pixels)
    else:
        pixels = RNG.integers(256, size=(height, width, 3), dtype=np.uint8)
        picture = Image.fromarray(pixels).convert(mode)
    picture.save(path)
    return pixels


def load(root: Path, **settings: int) -> Data:
    return ImageFolder(root=str(root), **settings).load()


def images(data: Data) -> np.ndarray:
    assert data.arrays is not None
    return data.arrays["image"]


def test_colour_pictures_as_they_are(tmp_path: Path) -> None:
    pixels = [paint(tmp_path / name) for name in ("a.png", "b.PNG", "c.bmp", "d.tif")]
    data = load(tmp_path)
    assert list(data.fields) == ["image"]
    assert data.fields["image"].shape == (3, 6, 8)
    assert data.fields["image"].range == (-1.0, 1.0)
    assert images(data).dtype == np.uint8
    np.testing.assert_array_equal(images(data), np.stack(pixels).transpose(0, 3, 1, 2))


def test_grey_pictures_as_they_are(tmp_path: Path) -> None:
    pixels = paint(tmp_path / "a.png", "L")
    np.testing.assert_array_equal(images(load(tmp_path)), pixels[None, None])


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.webp", "a.gif", "a.tiff"])
def test_other_endings_are_pictures_too(tmp_path: Path, name: str) -> None:
    paint(tmp_path / name)
    assert images(load(tmp_path, channels=3)).shape == (1, 3, 6, 8)


def test_sub_folders_are_labels(tmp_path: Path) -> None:
    names = ("tulip/2.png", "daisy/x/1.png", "tulip/1.png", "daisy/b.png")
    pixels = {name: paint(tmp_path / name) for name in names}
    (tmp_path / "empty").mkdir()
    data = load(tmp_path)
    assert data.fields["label"].classes == 2
    assert data.fields["label"].names == ("daisy", "tulip")
    assert data.fields["label"].dtype == "int64"
    assert data.arrays is not None
    assert data.arrays["label"].tolist() == [0, 0, 1, 1]
    order = ("daisy/b.png", "daisy/x/1.png", "tulip/1.png", "tulip/2.png")
    for image, name in zip(images(data), order, strict=True):
        np.testing.assert_array_equal(image, pixels[name].transpose(2, 0, 1))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_each_folder_s_name_becomes_one_line(tmp_path: Path) -> None:
    folders = ("a\nb", "c", " ", "d\x1b", os.fsdecode(b"\xff"))
    for name in folders:
        paint(tmp_path / name / "1.png")
    found = dict(zip(sorted(folders), load(tmp_path).fields["label"].names, strict=True))
    assert found == {name: name if name == "c" else ascii(name) for name in folders}
    paint(tmp_path / ascii("a\nb") / "1.png")  # a folder that is named like a quoted one
    assert "'c'" in load(tmp_path).fields["label"].names


def test_a_picture_in_the_root_means_no_labels(tmp_path: Path) -> None:
    paint(tmp_path / "a" / "1.png")
    paint(tmp_path / "2.png")
    data = load(tmp_path)
    assert list(data.fields) == ["image"]
    assert len(data) == 2


def test_what_is_hidden_or_no_picture_is_left_out(tmp_path: Path) -> None:
    paint(tmp_path / "a.png")
    paint(tmp_path / ".b.png")
    paint(tmp_path / ".thumbnails" / "c.png")
    (tmp_path / "notes.txt").write_text("hello")
    assert len(load(tmp_path)) == 1


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    paint(tmp_path / "elsewhere" / "1.png")
    root = tmp_path / "root"
    root.mkdir()
    (root / "daisy").symlink_to(tmp_path / "elsewhere")
    (root / "again").symlink_to(root)
    paint(root / "2.png")
    assert len(load(root)) == 2


def test_scaling_keeps_the_middle(tmp_path: Path) -> None:
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, 20:40] = 255  # the middle square is white
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels.transpose(1, 0, 2)).save(tmp_path / "tall.png")
    found = images(load(tmp_path, size=10))
    assert found.shape == (2, 3, 10, 10)
    assert (found > 230).all()  # the filter lets a little of the black edge in


def test_a_small_picture_is_enlarged(tmp_path: Path) -> None:
    paint(tmp_path / "a.png", size=(4, 5))
    assert images(load(tmp_path, size=16)).shape == (1, 3, 16, 16)


def test_a_large_jpeg_looks_the_same_when_scaled(tmp_path: Path) -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 800, dtype=np.uint8), (800, 800))
    Image.fromarray(ramp.copy()).save(tmp_path / "a.jpg", quality=95)
    found = images(load(tmp_path, size=16))[0, 0].astype(int)
    expected = (np.arange(16) + 0.5) / 16 * 255
    np.testing.assert_allclose(found, np.broadcast_to(expected, (16, 16)), atol=6)


def test_a_large_jpeg_keeps_its_details_when_scaled(tmp_path: Path) -> None:
    stripes = np.zeros((800, 800), np.uint8)
    stripes[:, np.arange(800) % 8 < 4] = 255
    Image.fromarray(stripes).save(tmp_path / "a.jpg", quality=95)
    found = images(load(tmp_path, size=400))[0, 0]
    assert found.std() > 100


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1", "CMYK", "I;16"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_can_be_converted(tmp_path: Path, mode: str, channels: int) -> None:
    paint(tmp_path / ("a.tif" if mode == "CMYK" else "a.png"), mode)
    assert images(load(tmp_path, channels=channels)).shape == (1, channels, 6, 8)


def test_sixteen_bits_keep_the_upper_eight(tmp_path: Path) -> None:
    pixels = paint(tmp_path / "a.png", "I;16")
    np.testing.assert_array_equal(images(load(tmp_path, channels=1))[0, 0], pixels >> 8)


@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (255, 30)])
def test_what_is_transparent_becomes_white(tmp_path: Path, alpha: int, expected: int) -> None:
    Image.new("RGBA", (4, 4), (30, 30, 30, alpha)).save(tmp_path / "a.png")
    assert (images(load(tmp_path, channels=3)) == expected).all()


@pytest.mark.parametrize("settings", [{}, {"size": 4}])
def test_a_photo_is_turned_as_its_camera_says(tmp_path: Path, settings: dict[str, int]) -> None:
    pixels = np.zeros((16, 32, 3), np.uint8)
    pixels[:, :16] = 255  # white on the left, once turned on top
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=100)
    data = load(tmp_path, **settings)
    height = settings.get("size", 32)
    assert data.fields["image"].shape == (3, height, settings.get("size", 16))
    rows = images(data)[0].mean(axis=(0, 2))
    assert rows[0] > 200
    assert rows[-1] < 50


def test_many_pictures_are_decoded_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(4):
        paint(tmp_path / f"class{k % 2}" / f"{k}.png")
    whole = load(tmp_path)
    assert whole.arrays is not None
    monkeypatch.setattr(image_folder, "MEMORY", 4 * 3 * 6 * 8)
    assert load(tmp_path).arrays is not None
    monkeypatch.setattr(image_folder, "MEMORY", 4 * 3 * 6 * 8 - 1)
    data = load(tmp_path)
    assert data.arrays is None
    assert len(data) == 4
    assert data.fields == whole.fields
    source = pickle.loads(pickle.dumps(data.source))  # as a DataLoader's worker gets it
    for k in range(4):
        sample = source.item(k, np.random.default_rng(0))
        np.testing.assert_array_equal(sample["image"], whole.arrays["image"][k])
        np.testing.assert_array_equal(sample["label"], whole.arrays["label"][k])


def test_a_picture_that_changes_during_a_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", 0)
    paint(tmp_path / "a.png")
    data = load(tmp_path)
    paint(tmp_path / "a.png", size=(9, 9))
    assert data.source is not None
    message = r"a\.png cannot be read any more: it is 9 x 9 pixels, not 8 x 6.* Put the old"
    with pytest.raises(BrokenFile, match=message):
        data.source.item(0, np.random.default_rng(0))
    (tmp_path / "a.png").unlink()
    with pytest.raises(BrokenFile, match=r"a\.png cannot be read .* No such file.* Put the old"):
        data.source.item(0, np.random.default_rng(0))


def test_a_very_large_picture_gives_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(tmp_path / "a.png", size=(100, 100))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9_000)
    assert len(load(tmp_path)) == 1
    monkeypatch.setattr(image_folder, "MEMORY", 0)
    source = load(tmp_path).source
    assert source is not None
    source.item(0, np.random.default_rng(0))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4_000)
    with pytest.raises(BrokenFile, match=r"a\.png cannot be read as a picture: .*exceeds limit"):
        load(tmp_path)


# What the user must change.


def test_the_folder_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"dataset\.root must be set\. Use --set dataset\.root="):
        ganzoo.load_data("image-folder")
    with pytest.raises(UsageError, match="absent does not exist; expected a folder of pictures"):
        load(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file is a file; expected a folder"):
        load(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"no pictures in .*folder .*\.jpg, .*\.png"):
        load(tmp_path / "folder")


def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(tmp_path / "a.png")
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refusing(folder: str) -> object:  # a superuser may read everything, so play it
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(UsageError, match="locked cannot be read: Permission denied"):
        load(tmp_path)


def test_mixed_sizes_are_named(tmp_path: Path) -> None:
    paint(tmp_path / "a" / "1.png", size=(8, 6))
    paint(tmp_path / "b" / "2.png", size=(6, 8))
    message = r"several sizes: a.1\.png is 8 x 6 and b.2\.png is 6 x 8 .*--set dataset\.size=64"
    with pytest.raises(UsageError, match=message):
        load(tmp_path)
    assert images(load(tmp_path, size=4)).shape == (2, 3, 4, 4)


def test_mixed_modes_are_named(tmp_path: Path) -> None:
    paint(tmp_path / "1.png", "L")
    paint(tmp_path / "2.png", "RGB")
    message = r"several modes: 1\.png is L and 2\.png is RGB.*--set dataset\.channels=3"
    with pytest.raises(UsageError, match=message):
        load(tmp_path)
    assert images(load(tmp_path, channels=3)).shape == (2, 3, 6, 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "CMYK", "I;16"])
def test_other_modes_are_named(tmp_path: Path, mode: str) -> None:
    paint(tmp_path / "a.tif", mode)
    with pytest.raises(UsageError, match=rf"a\.tif .*mode {mode}; .*--set dataset\.channels=3"):
        load(tmp_path)


def test_settings_out_of_range() -> None:
    for size in (-1, 100_000):
        with pytest.raises(UsageError, match=rf"size is {size}; .*at least 0 and at most 4,096"):
            ganzoo.load_data("image-folder", {"root": "x", "size": size})
    with pytest.raises(UsageError, match=r"channels is 2; expected 0 \| 1 \| 3"):
        ganzoo.load_data("image-folder", {"root": "x", "channels": 2})


# Broken pictures.


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "tif", "webp"])
def test_a_truncated_picture_is_named(tmp_path: Path, ending: str) -> None:
    paint(tmp_path / "good" / f"a.{ending}", size=(64, 64))
    path = tmp_path / "good" / f"b.{ending}"
    paint(path, size=(64, 64))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BrokenFile, match=rf"b\.{ending} cannot be read as a picture"):
        load(tmp_path, channels=3)


@pytest.mark.parametrize("memory", [0, 1 << 30])
@pytest.mark.parametrize("content", [b"I am text.", b""])
def test_a_text_file_called_png_is_named_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, memory: int
) -> None:
    monkeypatch.setattr(image_folder, "MEMORY", memory)
    paint(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(content)
    with pytest.raises(BrokenFile, match=r"b\.png cannot be read .* remove it from the folder"):
        load(tmp_path, size=8, channels=3)
