"""The reference plugin: what is built in, given through the same hooks as anyone's."""

from collections.abc import Iterator

from ganzoo.hookspecs import hookimpl
from ganzoo.records import Dataset, Loss, Model, Paper

GAN = Paper("Generative Adversarial Nets", year=2014, arxiv="1406.2661")


@hookimpl
def ganzoo_models() -> Iterator[Model]:
    yield Model(
        name="vanilla-mlp",
        summary="The first GAN: two multilayer perceptrons, one forging, one judging.",
        paper=GAN,
        factory="ganzoo.builtin.vanilla_mlp:VanillaMLP",
        loss="bce",
        dataset="mnist",
        defaults={
            "trainer.steps": 46_800,  # 100 epochs of MNIST, and as many steps on anything else
            "trainer.batch_size": 128,
            "trainer.lr": 2e-4,
            "trainer.betas": (0.9, 0.999),
        },
    )


@hookimpl
def ganzoo_losses() -> Iterator[Loss]:
    yield Loss(
        name="bce",
        summary="Binary cross-entropy; the generator maximises log D(G(z)) (non-saturating).",
        paper=GAN,
        factory="ganzoo.builtin.bce:BCE",
    )
    yield Loss(
        name="minimax",
        summary="The paper's equation 1 as it stands: its generator stalls when D wins.",
        paper=GAN,
        factory="ganzoo.builtin.minimax:Minimax",
    )


@hookimpl
def ganzoo_datasets() -> Iterator[Dataset]:
    yield Dataset(
        name="mnist",
        summary="60,000 handwritten digits, 28 x 28, downloaded once.",
        paper=Paper(
            "Gradient-based learning applied to document recognition",
            year=1998,
            url="https://doi.org/10.1109/5.726791",
        ),
        factory="ganzoo.builtin.mnist:MNIST",
        fallback="mnist-5k",
    )
    yield Dataset(
        name="mnist-5k",
        summary="5,000 of MNIST's digits that come with the installation: works offline.",
        factory="ganzoo.builtin.mnist_5k:MNIST5k",
    )
    yield Dataset(
        name="ring",
        summary="Eight Gaussians on a circle: collapse becomes visible.",
        factory="ganzoo.builtin.toys:Ring",
    )
    yield Dataset(
        name="grid",
        summary="Twenty-five Gaussians in a square: collapse becomes countable.",
        factory="ganzoo.builtin.toys:Grid",
    )
    yield Dataset(
        name="image-folder",
        summary="Your own pictures: --set dataset.root=FOLDER.",
        factory="ganzoo.builtin.image_folder:ImageFolder",
    )
