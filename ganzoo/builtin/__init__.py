"""The reference plugin: what is built in, given through the same hooks as anyone's."""

from collections.abc import Iterator

from ganzoo.registry.hookspecs import hookimpl
from ganzoo.registry.records import Dataset, Loss, Metric, Model, Paper, Preset, Score

GAN = Paper("Generative Adversarial Nets", year=2014, arxiv="1406.2661")
PACKS_OF_2, PACKS_OF_4 = (
    f"pacgan with packs of {m}, the best weights (docs/reproduction.md)" for m in (2, 4)
)


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
        presets=(
            Preset(
                name="quick",
                summary="Digits within a minute on two cores; see docs/presets.md.",
                settings={
                    "model.latent": 64,
                    "model.norm": "batch",
                    "trainer.steps": 5_000,
                    "trainer.batch_size": 64,
                    "trainer.lr": 1e-3,
                    "trainer.betas": (0.5, 0.999),
                    "trainer.ema": 0.998,
                    "trainer.sample_every": 250,
                },
            ),
        ),
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
        size=60_000,
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


@hookimpl
def ganzoo_metrics() -> Iterator[Metric]:
    yield Metric(
        name="modes",
        summary="Points: modes covered, share of good samples, balance, where the modes are known.",
        paper=Paper(
            "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
            year=2017,
            arxiv="1705.07761",
        ),
        factory="ganzoo.builtin.modes:Covered",
        scores=(
            Score(
                "covered",
                "How many modes have a good sample.",
                better="higher",
                known={"ring": (8, PACKS_OF_2), "grid": (25, PACKS_OF_4)},
            ),
            Score(
                "good",
                "Share of samples within 3 sigma of their mode.",
                better="higher",
                known={"ring": (0.945, PACKS_OF_2)},
            ),
            Score(
                "reverse_kl",
                "How uneven the modes' shares are, in nats.",
                better="lower",
                known={"ring": (0.09, PACKS_OF_2), "grid": (0.17, PACKS_OF_4)},
            ),
        ),
        samples=2_500,
        least=100,
    )
    yield Metric(
        name="digits",
        summary="Digits in the eyes of a classifier that ships: 10,000 against the test digits.",
        paper=Paper(
            "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
            year=2017,
            arxiv="1706.08500",
        ),
        factory="ganzoo.builtin.digits.digits:Digits",
        scores=(
            Score(
                "frechet",
                "Fréchet distance in digit features: not FID.",
                better="lower",
                known={"mnist": (121, "vanilla-mlp with the preset quick (docs/presets.md)")},
            ),
            Score("precision", "Share of samples that are like a real digit.", better="higher"),
            Score("recall", "Share of real digits that some sample is like.", better="higher"),
            Score("score", "Clear and varied labels: from 1 to 10.", better="higher"),
            Score("confidence", "The classifier's, in its label, on average.", better="higher"),
            Score("balance", "KL of the labels' shares from real ones, in nats.", better="lower"),
        ),
        least=250,  # chance makes a Fréchet distance of 16, with 65 as much as a missing digit
    )
    yield Metric(
        name="stacked-digits",
        summary="Which of 1,000 stacks of three digits are made, and how evenly.",
        paper=Paper(
            "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
            year=2017,
            arxiv="1705.07761",
        ),
        factory="ganzoo.builtin.digits.stacked:StackedDigits",
        scores=(
            Score("covered", "How many of the 1,000 modes got a sample.", better="higher"),
            Score("kl", "KL of the modes' shares from equal ones, in nats.", better="lower"),
        ),
        samples=26_000,
        least=1_000,  # fewer cannot cover all modes
    )
    yield Metric(
        name="neighbours",
        summary="Pictures: how near to the training pictures; whether they are copied.",
        paper=Paper(
            "How Faithful is your Synthetic Data?",
            year=2022,
            arxiv="2102.08921",
        ),
        factory="ganzoo.builtin.neighbours:Neighbours",
        scores=(
            Score("authenticity", "Share of samples that are no near copy; of noise, 1."),
            Score("distance", "To the nearest training picture; 1: as between any two."),
        ),
        samples=1_000,
    )
    yield Metric(
        name="diversity",
        summary="Pictures: how much samples differ from each other, against real ones.",
        factory="ganzoo.builtin.diversity:Diversity",
        scores=(Score("ratio", "Of the mean distances; 1: as varied as what is real."),),
        samples=1_000,
        least=2,
    )
    yield Metric(
        name="inception",
        summary="Pictures: FID, KID, Inception score, precision, recall, as papers report them.",
        paper=Paper(
            "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
            year=2017,
            arxiv="1706.08500",
        ),
        factory="ganzoo.builtin.inception:Inception",
        scores=(
            Score("fid", "Fréchet distance between Inception's features.", better="lower"),
            Score("kid", "Kernel distance between Inception's features.", better="lower"),
            Score("inception_score", "Clear and varied in ImageNet's classes.", better="higher"),
            Score("precision", "Share of samples among the real pictures.", better="higher"),
            Score("recall", "Share of real pictures among the samples.", better="higher"),
        ),
        samples=10_000,
        least=2_048,
        unasked=False,
    )
