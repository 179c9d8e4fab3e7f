r"""The scores that papers on pictures report, in the eyes of a network trained on ImageNet.

Inception-v3 turns a picture into 2,048 features. With :math:`\mu` and :math:`\Sigma` their mean and
covariance over real and generated pictures,

.. math:: FID = |\mu_r - \mu_g|^2 + tr(\Sigma_r + \Sigma_g - 2 (\Sigma_r \Sigma_g)^{1/2})

(Heusel et al. 2017, https://arxiv.org/abs/1706.08500). *kid* is the squared maximum mean
discrepancy with a cubic kernel in the same features, the mean of 100 draws of 1,000 each (Binkowski
et al. 2018, https://arxiv.org/abs/1801.01401); *inception_score* asks whether each picture is
clearly of one of ImageNet's classes, and all together of many (Salimans et al. 2016,
https://arxiv.org/abs/1606.03498, mean of 10 parts); *precision* and *recall* are the shares of
generated pictures among the real ones and of real among the generated, by third neighbours
(Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991, there in features of VGG-16).

torch-fidelity computes them, with the weights of the original TensorFlow graph and its way of
enlarging pictures to 299 x 299, so that they can be compared with published ones, if the protocol
is theirs: 10,000 samples here, against 10,000 *training* pictures spread evenly over the dataset.
Few samples make FID greater, and fewer than 2,048 cannot have a covariance of full rank: they are
refused. Samples are rounded to bytes, grey ones become RGB by repeating. ImageNet has no digits:
on MNIST these numbers are as precise as they are meaningless, and `digits` has better ones.

On a processor this takes minutes for 10,000 pictures. The features of the real ones are therefore
kept, in the folder ``inception`` of the data folder (about 120 MB for 10,000).
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
"""What the file's sum begins with, as its name says."""

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Inception:
    """FID, KID, Inception score, precision and recall, by torch-fidelity."""

    weights: Path | None = None
    """File of the network's weights; none: torch's own cache, into which they are downloaded."""
    real: Annotated[int, Ge(10)] = 10_000
    """How many training pictures samples are compared with, or as many as there are."""

    def check_field(self, field: Field) -> None:
        """Before the data is loaded: whether these are grey or RGB pictures."""
        if not field.is_image or field.shape[0] not in (1, 3):
            raise DoesNotFit(f"it takes grey or RGB pictures; these are of shape {field.shape}")

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Its scores of pictures (N, C, H, W).

        Raises:
            DoesNotFit: the data are no pictures, or of neither one nor three channels.
            NotInstalled: torch-fidelity is missing.
            DataUnavailable: there are no weights.
            BrokenFile: the weights cannot be read.
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
                warnings.simplefilter("ignore")  # of torch-fidelity, about itself
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
                    save_cpu_ram=True,  # reads pictures here, rather than in processes of its own
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
    """Pictures (N, 3, H, W) as torch-fidelity takes them: bytes."""

    def __init__(self, pictures: Tensor) -> None:
        self._pictures = pictures

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> Tensor:
        return self._pictures[index]


def as_rgb(pictures: Tensor, field: Field) -> Tensor:
    """(N, C, H, W) in the field's range -> (N, 3, H, W) bytes."""
    assert field.range is not None
    low, high = field.range
    scaled = (pictures - low) * (255 / (high - low))
    return scaled.round_().clamp_(0, 255).to(torch.uint8).expand(-1, 3, -1, -1).contiguous()


def _in_cache() -> Path:
    """The weights in torch's cache, downloaded where they are not there yet."""
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
            f"metric inception needs the weights of Inception-v3, which could not be downloaded "
            f"({error}).\nThe file is {NAME} (90 MB), from\n  {URL}\nPut it at {path}, or say "
            "where it is: --set metric.inception.weights=FILE"
        ) from error
    return path


def _checked(path: Path) -> Path:
    """Where the weights are, after a look at them.

    torch-fidelity unpickles whatever is in the file; reading it here first, tensors only, makes
    sure that no code in it is run.
    """
    advice = f"Expected {NAME}, from {URL}"
    if not path.is_file():
        raise DataUnavailable(
            f"metric.inception.weights is {path}: there is no such file. {advice}"
        )
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise BrokenFile(f"{path} holds no weights that can be read: {reason}. {advice}") from error
    last = state.get("fc.weight") if isinstance(state, Mapping) else None
    if not isinstance(last, Tensor) or last.shape != (1008, 2048):
        raise BrokenFile(f"{path} holds the weights of another network. {advice}")
    return path


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
