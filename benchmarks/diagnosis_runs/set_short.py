"""Normal runs cut short, as one makes them to try something: none of them may be called faulty.

They sample and log often, so that there are rows enough to judge by.
"""

from __future__ import annotations

from benchmarks.diagnosis_runs.declared import DeclaredRun

DIGITS = "--dataset mnist-5k"


def _often(steps: int) -> str:
    return f"--steps {steps} --set sample_every={steps // 20} --set log_every={steps // 40}"


SHORT = (
    *(
        DeclaredRun(f"short-mlp-{steps}", "", f"vanilla-mlp {DIGITS} {_often(steps)}")
        for steps in (200, 1_000, 2_000)
    ),
    *(
        DeclaredRun(
            f"short-quick-{steps}", "", f"vanilla-mlp --preset quick {DIGITS} {_often(steps)}"
        )
        for steps in (1_000, 2_000)
    ),
    DeclaredRun("quick", "", f"vanilla-mlp --preset quick {DIGITS}"),
    *(
        DeclaredRun(f"short-ring-{steps}", "", f"vanilla-mlp --dataset ring {_often(steps)}")
        for steps in (500, 1_000)
    ),
    *(
        DeclaredRun(
            f"short-dcgan-{steps}", "",
            f"dcgan {DIGITS} --set model.width=16 --batch-size 64 {_often(steps)}",
        )
        for steps in (200, 500)
    ),
    DeclaredRun(
        "short-dcgan-hinge-r1", "",
        f"dcgan {DIGITS} --loss hinge --penalty r1 --set model.norm=layer --set model.width=16 "
        f"--batch-size 64 {_often(500)}",
    ),
    DeclaredRun("short-toy", "", f"wgan-gp-toy {_often(500)}"),
)  # fmt: skip
