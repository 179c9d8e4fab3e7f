"""The built-in plugin. It provides its records through the same hooks as any other plugin."""

from collections.abc import Iterator

from ganzoo.registry.hookspecs import hookimpl
from ganzoo.registry.records import Augmentation, Dataset, Loss, Metric, Model, Paper, Preset, Score

GAN = Paper("Generative Adversarial Nets", year=2014, arxiv="1406.2661")
TTUR = Paper(
    "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
    year=2017,
    arxiv="1706.08500",
)
VEEGAN = Paper(
    "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
    year=2017,
    arxiv="1705.07761",
)
PACKS_OF_2, PACKS_OF_4 = (
    f"pacgan with packs of {m}, the best weights (docs/reproduction.md)" for m in (2, 4)
)


@hookimpl
def ganzoo_models() -> Iterator[Model]:
    yield Model(
        name="vanilla-mlp",
        summary="The first GAN: a generator and a discriminator, both multilayer perceptrons.",
        paper=GAN,
        factory="ganzoo.builtin.vanilla_mlp:VanillaMLP",
        loss="bce",
        dataset="mnist",
        defaults={
            "trainer.steps": 46_800,  # 100 epochs of MNIST, or as many steps on other data
            "trainer.batch_size": 128,
            "trainer.lr": 2e-4,
            "trainer.betas": (0.9, 0.999),
        },
        presets=(
            Preset(
                name="quick",
                summary="Digits within a minute on two cores. docs/presets.md explains the choice.",
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
        summary="Binary cross-entropy. The generator maximises log D(G(z)) (non-saturating).",
        paper=GAN,
        factory="ganzoo.builtin.bce:BCE",
    )
    yield Loss(
        name="minimax",
        summary="The original minimax objective, whose generator stops learning when D wins.",
        paper=GAN,
        factory="ganzoo.builtin.minimax:Minimax",
    )


@hookimpl
def ganzoo_datasets() -> Iterator[Dataset]:
    yield Dataset(
        name="mnist",
        summary="60,000 handwritten digits, 28 x 28, downloaded on first use.",
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
        summary="5,000 of MNIST's digits, which come with ganzoo and need no download.",
        factory="ganzoo.builtin.mnist_5k:MNIST5k",
    )
    yield Dataset(
        name="ring",
        summary="Eight Gaussians on a circle, where you can see mode collapse.",
        factory="ganzoo.builtin.toys:Ring",
    )
    yield Dataset(
        name="grid",
        summary="Twenty-five Gaussians in a square, where you can count the covered modes.",
        factory="ganzoo.builtin.toys:Grid",
    )
    yield Dataset(
        name="image-folder",
        summary="Your own pictures, from the folder in --set dataset.root=FOLDER.",
        factory="ganzoo.builtin.image_folder:ImageFolder",
    )


@hookimpl
def ganzoo_augmentations() -> Iterator[Augmentation]:
    yield Augmentation(
        name="diff-augment",
        summary="Brightness, translation and cutout, so that few pictures suffice.",
        paper=Paper(
            "Differentiable Augmentation for Data-Efficient GAN Training",
            year=2020,
            arxiv="2006.10738",
        ),
        factory="ganzoo.builtin.diff_augment:DiffAugment",
    )
    yield Augmentation(
        name="ada",
        summary="Geometric changes, more often when the discriminator memorises the pictures.",
        paper=Paper(
            "Training Generative Adversarial Networks with Limited Data",
            year=2020,
            arxiv="2006.06676",
        ),
        factory="ganzoo.builtin.ada:ADA",
    )


@hookimpl
def ganzoo_metrics() -> Iterator[Metric]:
    yield Metric(
        name="modes",
        summary="For points with known modes: how many are covered, how precisely and how evenly.",
        paper=VEEGAN,
        factory="ganzoo.builtin.modes:Covered",
        scores=(
            Score(
                "covered",
                "Number of modes with at least one good sample.",
                better="higher",
                known={"ring": (8, PACKS_OF_2), "grid": (25, PACKS_OF_4)},
            ),
            Score(
                "good",
                "Share of samples within 3 sigma of the nearest mode.",
                better="higher",
                known={"ring": (0.945, PACKS_OF_2)},
            ),
            Score(
                "reverse_kl",
                "How unevenly the samples are spread over the modes, in nats.",
                better="lower",
                known={"ring": (0.09, PACKS_OF_2), "grid": (0.17, PACKS_OF_4)},
            ),
        ),
        samples=2_500,
        least=100,
    )
    yield Metric(
        name="digits",
        summary="For digits: how close samples are to MNIST's test digits, by a classifier.",
        paper=TTUR,
        factory="ganzoo.builtin.digits.digits:Digits",
        scores=(
            Score(
                "frechet",
                "Fréchet distance in the classifier's features. It is not FID.",
                better="lower",
                known={"mnist": (30.6, "dcgan with the preset quick (docs/presets.md)")},
            ),
            Score("precision", "Share of samples that resemble real digits.", better="higher"),
            Score("recall", "Share of real digits that some sample resembles.", better="higher"),
            Score(
                "score",
                "Like the Inception score: clear and varied labels, from 1 to 10.",
                better="higher",
            ),
            Score("confidence", "The classifier's mean confidence in its label.", better="higher"),
            Score(
                "balance",
                "KL divergence of the label shares from the real ones, in nats.",
                better="lower",
            ),
        ),
        least=250,  # chance alone makes 16, and with 65 samples as much as a missing digit
    )
    yield Metric(
        name="obeyed",
        summary="For digits: whether a conditional model draws the digit that was requested.",
        factory="ganzoo.builtin.digits.obeyed:Obeyed",
        scores=(
            Score("share", "Share of samples that show the requested digit.", better="higher"),
            Score("matched", "The same after the best matching of names.", better="higher"),
        ),
        samples=2_000,
        least=100,
        wants=("label",),
    )
    yield Metric(
        name="closeness",
        summary="For pictures with targets: how close the outputs are to them.",
        factory="ganzoo.builtin.closeness:Closeness",
        scores=(
            Score("l1", "Mean absolute error, as a share of the range.", better="lower"),
            Score("psnr", "Peak signal-to-noise ratio, in decibels.", better="higher"),
            Score("ssim", "Structural similarity, at most 1.", better="higher"),
        ),
        wants=("target",),
    )
    yield Metric(
        name="classes",
        summary="For models that name classes: how often these are right, on held-out samples.",
        factory="ganzoo.builtin.classes:Classes",
        scores=(
            Score("accuracy", "Share of samples whose class is right.", better="higher"),
            Score(
                "purity",
                "The same, with each class renamed to its most frequent right one.",
                better="higher",
            ),
        ),
        wants=("target",),
    )
    yield Metric(
        name="stacked-digits",
        summary="For stacked MNIST: how many of its 1,000 modes are covered, and how evenly.",
        paper=VEEGAN,
        factory="ganzoo.builtin.digits.stacked:StackedDigits",
        scores=(
            Score(
                "covered", "Number of the 1,000 modes with at least one sample.", better="higher"
            ),
            Score(
                "kl", "KL divergence of the mode shares from equal ones, in nats.", better="lower"
            ),
        ),
        samples=26_000,
        least=1_000,  # fewer cannot cover all modes
    )
    yield Metric(
        name="neighbours",
        summary="For pictures: whether the generator copies its training pictures.",
        paper=Paper(
            "How Faithful is your Synthetic Data?",
            year=2022,
            arxiv="2102.08921",
        ),
        factory="ganzoo.builtin.neighbours:Neighbours",
        scores=(
            Score("authenticity", "Share of samples that are not near-copies. Noise scores 1."),
            Score(
                "distance", "Distance to the nearest training picture. Two random ones are 1 apart."
            ),
        ),
        samples=1_000,
    )
    yield Metric(
        name="diversity",
        summary="For pictures: whether samples differ as much as real pictures do.",
        factory="ganzoo.builtin.diversity:Diversity",
        scores=(Score("ratio", "Mean distance between samples. Real pictures score 1."),),
        samples=1_000,
        least=2,
    )
    yield Metric(
        name="class-diversity",
        summary="For labelled pictures: whether the samples of each class differ as real ones do.",
        factory="ganzoo.builtin.class_diversity:ClassDiversity",
        scores=(
            Score("ratio", "Mean over the classes. Real pictures score 1."),
            Score("lowest", "Value of the class whose samples differ least."),
        ),
        samples=1_000,
        least=2,
    )
    yield Metric(
        name="inception",
        summary="For pictures: FID, KID, Inception score, precision and recall, as in papers.",
        paper=TTUR,
        factory="ganzoo.builtin.inception:Inception",
        scores=(
            Score("fid", "Fréchet distance between Inception's features.", better="lower"),
            Score("kid", "Kernel distance between Inception's features.", better="lower"),
            Score("inception_score", "Clear and varied ImageNet classes.", better="higher"),
            Score("precision", "Share of samples that resemble real pictures.", better="higher"),
            Score("recall", "Share of real pictures that some sample resembles.", better="higher"),
        ),
        samples=10_000,
        least=2_048,
        unasked=False,
    )
