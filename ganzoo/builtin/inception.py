r"""The scores that papers report for pictures, from the features of a network trained on ImageNet.

Inception-v3 turns a picture into 2,048 features. Let :math:`\mu` and :math:`\Sigma` be the mean and
covariance of these features, over the real (:math:`r`) and the generated (:math:`g`) pictures.

.. math:: FID = |\mu_r - \mu_g|^2 + tr(\Sigma_r + \Sigma_g - 2 (\Sigma_r \Sigma_g)^{1/2})

The scores are:

- *fid* is the Fréchet distance above (Heusel et al. 2017, https://arxiv.org/abs/1706.08500).
- *kid* is the squared maximum mean discrepancy with a cubic kernel, the mean of 100 draws of 1,000
  features each (Binkowski et al. 2018, https://arxiv.org/abs/1801.01401).
- *inception_score* is high if each picture clearly shows one of ImageNet's classes and the pictures
  together show many. It is the mean over 10 parts of the samples (Salimans et al. 2016,
  https://arxiv.org/abs/1606.03498).
- *precision* is the share of samples within the manifold of the real pictures, and *recall* is the
  share of real pictures within the manifold of the samples. Both use the third nearest neighbour
  (Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991, with features of VGG-16).

torch-fidelity computes the scores. It uses the weights of the original TensorFlow graph and resizes
pictures to 299 x 299 in the same way. So you can compare the scores with published ones that use
the same protocol. Here that is 10,000 samples against 10,000 *training* pictures, spread evenly
over the dataset. Fewer samples raise the FID, and ganzoo refuses fewer than 2,048, because their
covariance cannot have full rank. Samples are rounded to bytes, and grey ones become RGB with three
equal channels. ImageNet has no digits, so these scores mean little on MNIST. Use `digits` there.

Scoring 10,000 pictures takes minutes on a CPU. So ganzoo keeps the features of the real pictures in
the folder ``inception`` of the data folder, about 120 MB for 10,000.
"""

from __future__ import annotations

import hashlib
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor
from torch.utils.data import Dataset

from ganzoo.builtin.pictures import some_of
from ganzoo.data.downloads import PROBE, STALL, MirrorFailed, Probe, open_url, read
from ganzoo.data.places import data_folder, offline
from ganzoo.engine.data import Data
from ganzoo.errors import BrokenFile, DataUnavailable, DoesNotFit, needs
from ganzoo.files import whole_file
from ganzoo.registry.records import Field

NAME = "weights-inception-2015-12-05-6726825d.pth"
URL = f"https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/{NAME}"
SHA256 = "6726825d"
"""Start of the file's checksum, as its name states."""

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Inception:
    """FID, KID, Inception score, precision and recall, by torch-fidelity."""

    weights: Path | None = None
    """File with the network's weights. If unset, ganzoo downloads them to torch's cache."""
    real: Annotated[int, Ge(10)] = 10_000
    """Number of training pictures to compare with. All of them if there are fewer."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not grey or RGB pictures."""
        if not field.is_image or field.shape[0] not in (1, 3):
            raise DoesNotFit(
                f"it needs grey or RGB pictures, and these samples have the shape {field.shape}"
            )

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W).

        Raises:
            DoesNotFit: The data are not pictures with one or three channels.
            NotInstalled: torch-fidelity is missing.
            DataUnavailable: The weights are missing and cannot be downloaded.
            BrokenFile: The weights cannot be read.
        """
        field = data.first
        self.check_field(field)
        needs("fid", "the metric inception")
        weights = _checked(self.weights.expanduser() if self.weights else _in_cache())
        real = as_rgb(some_of(data, self.real), field)
        name = f"{_digest(weights.read_bytes())}-{_digest(real.numpy().tobytes())}"

        def scores(samples: Tensor) -> dict[str, float]:
            from torch_fidelity import calculate_metrics

            with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch-fidelity warns about itself
                given = calculate_metrics(
                    input1=Pictures(as_rgb(samples, field)),
                    input2=Pictures(real),
                    input2_cache_name=f"{len(real)}-{name}",
                    cache_root=str(data_folder() / "inception"),
                    isc=True,
                    fid=True,
                    kid=True,
                    prc=True,
                    feature_extractor="inception-v3-compat",
                    feature_extractor_weights_path=str(weights),
                    kid_subset_size=min(1_000, len(real), len(samples)),
                    prc_batch_size=1_000,
                    save_cpu_ram=True,  # reads pictures in this process, without starting others
                    cuda=torch.cuda.is_available(),
                    verbose=False,
                )
            return {
                "fid": given["frechet_inception_distance"],
                "kid": given["kernel_inception_distance_mean"],
                "inception_score": given["inception_score_mean"],
                "precision": given["precision"],
                "recall": given["recall"],
            }

        return scores


class Pictures(Dataset[Tensor]):
    """Pictures (N, 3, H, W) as bytes, for torch-fidelity."""

    def __init__(self, pictures: Tensor) -> None:
        self._pictures = pictures

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> Tensor:
        return self._pictures[index]


def as_rgb(pictures: Tensor, field: Field) -> Tensor:
    """Turns pictures (N, C, H, W) in the field's range into bytes (N, 3, H, W)."""
    assert field.range is not None
    low, high = field.range
    scaled = (pictures - low) * (255 / (high - low))
    return scaled.round_().clamp_(0, 255).to(torch.uint8).expand(-1, 3, -1, -1).contiguous()


def _in_cache() -> Path:
    """The file of the weights in torch's cache, downloaded if it is missing."""
    path = Path(torch.hub.get_dir(), "checkpoints", NAME)
    if path.is_file():
        return path
    try:
        if offline():
            raise MirrorFailed("GANZOO_OFFLINE is set")
        Probe(URL).wait(time.monotonic() + PROBE)
        log.info("downloading %s (90 MB)", URL)
        digest = hashlib.sha256()
        with whole_file(path) as file, open_url(URL, STALL) as response:
            while chunk := read(response):
                file.write(chunk)
                digest.update(chunk)
            if not digest.hexdigest().startswith(SHA256):
                raise MirrorFailed(f"sent another file, with SHA-256 {digest.hexdigest()}")
    except MirrorFailed as error:
        raise DataUnavailable(
            f"metric inception needs the weights of Inception-v3, and downloading them failed: "
            f"{error}.\nDownload {NAME} (90 MB) from\n  {URL}\nSave it as {path}, or name the "
            "file with --set metric.inception.weights=FILE"
        ) from error
    return path


def _checked(path: Path) -> Path:
    """Returns the path of the weights after checking the file.

    torch-fidelity unpickles whatever is in the file. Reading only tensors from it here first makes
    sure that it contains no code to run.
    """
    advice = f"Expected {NAME}, from {URL}"
    if not path.is_file():
        raise DataUnavailable(f"metric.inception.weights: the file {path} does not exist. {advice}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise BrokenFile(f"{path} has no weights that can be read: {reason}. {advice}") from error
    last = state.get("fc.weight") if isinstance(state, Mapping) else None
    if not isinstance(last, Tensor) or last.shape != (1008, 2048):
        raise BrokenFile(f"{path} has the weights of another network. {advice}")
    return path


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
