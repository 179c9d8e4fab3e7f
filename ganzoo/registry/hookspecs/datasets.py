"""The hook ``ganzoo_datasets``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Dataset


@hookspec
def ganzoo_datasets() -> Iterable[Dataset]:
    '''Adds datasets.

    ``fields`` describes each name in a batch without loading anything, so ganzoo can reject parts
    that do not fit before it downloads data. ``load`` returns `Data`, which holds the fields and
    the samples. Samples are arrays, or a `Source` if they do not fit into memory. Store pictures as
    bytes, (N, C, H, W) uint8, with ``range=(-1, 1)`` in their field. ganzoo then scales them.

    **A run knows its data.** It keeps a fingerprint of the samples and of their order. ``--resume``
    and ``ganzoo evaluate`` refuse other data. By default, the fingerprint has a checksum of each
    array. Of a source it has checksums of 256 samples, so it misses some changes. A method
    ``fingerprint`` replaces the default. It returns names with checksums in the order of the
    samples, and messages name what has changed. ``fingerprint`` is called before ``load``.

    - A dataset of files returns ``ganzoo.checksums(self.root, paths)``. ganzoo keeps these
      checksums in the data folder and reads a file again only after a change.
    - A dataset that computes its samples may return the version of its formula, such as
      ``{"line": "1"}``. Machines may round the samples differently in the last bit, and the
      settings are compared in any case.

    **Labels have names.** ``ganzoo.Field((), dtype="int64", classes=2, names=("cat", "dog"))``
    names the classes 0 and 1. A label with the shape (K,) has K attributes, and ``names`` names
    them. Such a label has ``range=(0, 1)``, and its array holds 0 or 1, (N, K). `ganzoo info` shows
    the names.

    **Domains form no pairs.** By default, row i of each array belongs to row i of the others. This
    suits pairs, masks and smaller versions of a picture. Two collections that form no pairs are two
    domains. Describe them with ``"photo": ganzoo.Field(..., domain="photo")`` and ``"painting":
    ganzoo.Field(..., domain="painting")``, and their arrays may have different lengths. ganzoo
    shuffles each domain by itself. An epoch is a pass over the largest domain, and the others begin
    again as often as they need. Data that does not fit into memory has one source for each domain,
    ``source={"photo": photos, "painting": paintings}``.

    **Games that translate need held-out samples.** ``Data(..., held_out={"photo": photos})`` holds
    inputs that training does not use, and their targets if they are known. Each run stores them, so
    hold out hundreds and not thousands. ``ganzoo.read_source(test)`` reads them from a source.
    Samples of two domains may have known partners, such as the same icon in two styles. If the
    fields of both say ``partners=True`` and ``held_out`` has the partners in the same order, a
    translation has a target, although training sees no pairs.

    **A place is a path.** Give a setting that names a folder or a file the type `pathlib.Path`. A
    run keeps the absolute path, and ``--set dataset.root=FOLDER`` may name another place of the
    same files when it resumes or is evaluated. ::

        # ganzoo_line/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_datasets():
            yield ganzoo.Dataset(
                name="line",
                summary="Points on the diagonal.",
                factory="ganzoo_line.data:Line",
            )

    ::

        # ganzoo_line/data.py
        """Points in the plane with two equal coordinates from -1 to 1."""

        from dataclasses import dataclass

        import ganzoo
        import numpy as np


        @dataclass(frozen=True)
        class Line:
            """Evenly spaced points: "point", (2,)."""

            size: int = 10_000
            """Number of points."""

            def fields(self):
                return {"point": ganzoo.Field((2,))}

            def load(self):
                x = np.linspace(-1, 1, self.size, dtype=np.float32)
                return ganzoo.Data(self.fields(), {"point": np.stack((x, x), axis=1)})
    '''
    raise NotImplementedError
