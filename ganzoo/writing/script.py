"""The file: its docstring, networks, game, loop and samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from string import Template
from textwrap import indent

from ganzoo.engine.config import TrainerConfig
from ganzoo.engine.game import Move
from ganzoo.errors import listed
from ganzoo.writing.imports import imports
from ganzoo.writing.layout import requoted, text
from ganzoo.writing.lesson import docstring
from ganzoo.writing.networks import Networks
from ganzoo.writing.parts import MoveCode, Parts
from ganzoo.writing.values import CannotBeWritten

LIBRARIES = ("torch", "torchvision", "numpy", "matplotlib")
"""What a file may need."""
ALWAYS = {
    "import copy", "import hashlib", "import itertools", "import torch",
    "from torch import Tensor, nn", "from torchvision.utils import save_image",
}  # fmt: skip
"""Imports for the parts that every file has."""


def script(parts: Parts) -> str:
    """The whole file as text.

    Raises:
        CannotBeWritten: The run has a part that plain code cannot say.
    """
    networks = text(Networks(parts.game, parts.seen, parts.definitions).statements())
    parts.networks_written()
    moves = [*map(parts.move, parts.moves)]
    samples, load = parts.samples(), parts.load()
    config = parts.config
    functions = [*parts.defined(networks=False), *(move.body for move in moves)]
    sections = {
        "The random numbers": _template("seeded"),
        "The data": f"{load}\n\n\n{_batches(parts)}",
        "The networks": _networks(parts, networks),
        "The game": "\n\n\n".join(functions),
        "The training": _training(parts, moves),
        "The samples": _samples(parts, samples),
    }
    body = [f"# ---- {heading} ----\n{lines.strip()}" for heading, lines in sections.items()]
    main = _template("main", log_every=config.log_every, sample_every=config.sample_every)
    code = "\n\n\n".join(["\n".join(_constants(parts)), *body, main])
    whole = f"{imports(ALWAYS | parts.definitions.imports, code)}\n\n{code}\n"
    used = [each for each in LIBRARIES if re.search(rf"^(from|import) {each}\b", whole, re.M)]
    about = docstring(parts.about, parts.command, listed(used), whole.count("\n"))
    return f"{about}\n\n{requoted(whole)}"


def _constants(parts: Parts) -> Iterator[str]:
    config = parts.config
    yield f"SEED = {config.seed}"
    yield f"STEPS = {parts.steps}"
    yield f"BATCH = {config.batch_size}"
    yield f"OPTIMIZER = {_options(config)}"
    if config.ema:
        yield f"EMA = {config.ema}  # decay of the moving average of the weights that sample"
    yield 'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"'


def _batches(parts: Parts) -> str:
    """``rows``, which orders the samples, and ``batches``."""
    names = _unpacked(parts)
    variables = {domain: f"rows_of_{domain}" if domain else "rows" for domain in parts.data.sizes}
    streams, any_apart = [], any(map(parts.apart, parts.data.sizes))
    for domain, size in parts.data.sizes.items():
        kept = f', "{domain}"' if domain else ""
        trained = f", {size - parts.apart(domain)}" if any_apart else ""
        streams.append(f"orders({size}{trained}{kept})")
    each, streamed = ", ".join(variables.values()), streams[0]
    if len(streams) > 1:
        streamed = f"zip({', '.join(streams)})"
    values = []
    for key, field in parts.data.fields.items():
        array = (parts.data.arrays or {})[key]
        value = f"{key}.index_select(0, {variables[field.domain]})"
        value += {"float32": ".float()", "int64": ".long()"}.get(
            field.dtype, f".to(torch.{field.dtype})"
        )
        if str(array.dtype) == "uint8" and field.range is not None and field.scales_bytes:
            low, high = field.range
            moved = f" - {-low:g}" if low < 0 else f" + {low:g}"
            value = f"({value} * ({high - low:g} / 255){moved})"
        values.append(f"{value}.to(DEVICE),")
    orders = _template("orders" if any_apart else "all_orders")
    together = f"        yield ({values[0]})" if len(values) == 1 else ""
    if not together:
        lines = "".join(f"            {value}\n" for value in values)
        together = f"        yield (\n{lines}        )"
    return (
        f'{orders}\n\n\ndef batches():\n    """The next batch, again and again."""\n'
        f"    {names} = load()\n    for {each} in {streamed}:\n{together}"
    )


def _networks(parts: Parts, networks: str) -> str:
    lines = ['torch.manual_seed(seeded("weights").initial_seed())', networks]
    names = [key for key, _ in parts.game.named_children()]
    lines += [f"{key}.to(DEVICE)" for key in names]
    if parts.config.ema:
        used = parts.averaged()
        lines.append("\n".join(f"averaged_{key} = copy.deepcopy({key})" for key in used))
    return "\n\n\n".join([*parts.defined(networks=True), "\n".join(lines)])


def _training(parts: Parts, moves: Sequence[MoveCode]) -> str:
    lines = [
        "def update(loss, optimizer):",
        '    """A step of the optimizer, which changes only the weights of its own player."""',
        '    weights = [w for group in optimizer.param_groups for w in group["params"]]',
        "    optimizer.zero_grad()",
        "    loss.backward(inputs=weights)",
    ]
    if parts.config.clip_norm:
        lines.append(f"    nn.utils.clip_grad_norm_(weights, {parts.config.clip_norm})")
    lines.append("    optimizer.step()")
    if parts.config.ema:
        lines += ["", "", *_average(parts)]
    lines += [
        "",
        "",
        "def train(steps=STEPS):",
        '    """Train, and yield the losses of each step."""',
    ]
    for move in moves:
        if move.move.shares is None:
            lines.append(f"    {move.name}_optimizer = {_optimizer(parts.config, move.move)}")
        lines.append(f'    {move.name}_draw = seeded("move", "{move.name}", device=DEVICE)')
    lines.append('    torch.manual_seed(seeded("global").initial_seed())')
    lines.append("    data = batches()")
    lines.append("    for step in range(steps):")
    inner = [*_schedule(parts, moves), "losses = {}"]
    fields = _unpacked(parts)
    for number, move in enumerate(moves):
        inner += _played(parts, move, number == 0, f"{fields} = next(data)")
    if parts.config.ema:
        inner.append("average(step)")
    inner.append("yield losses")
    return "\n".join([*lines, *(f"        {line}" for line in inner)])


def _options(config: TrainerConfig) -> str:
    """The options of the optimizers."""
    adam = config.optimizer == "adam"
    options = {"lr": config.lr, **({"betas": config.betas} if adam else {})}
    options |= {"weight_decay": config.weight_decay} if config.weight_decay else {}
    options |= {"fused": True} if adam else {}
    return f"dict({', '.join(f'{key}={value}' for key, value in options.items())})"


def _optimizer(config: TrainerConfig, move: Move) -> str:
    """The call that makes a move's optimizer."""
    kind = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}[config.optimizer]
    weights = f"{move.trains[0]}.parameters()"
    if len(move.trains) > 1:
        weights = f"[{', '.join(f'*{key}.parameters()' for key in move.trains)}]"
    options = "**OPTIMIZER"
    if move.rate != 1:
        options = f'**{{**OPTIMIZER, "lr": {config.lr * move.rate}}}'
    return f"torch.optim.{kind}({weights}, {options})"


def _played(parts: Parts, code: MoveCode, first: bool, fresh: str) -> list[str]:
    """The statements that make a move."""
    move = code.move
    lines = [
        f"loss = {code.name}_loss({', '.join([*code.fields, f'{code.name}_draw'])})",
        f"update(loss, {move.shares or move.name}_optimizer)",
        *code.after,
        f'losses["{code.name}_loss"] = loss.item()',
    ]
    if first and move.every > 1:
        raise CannotBeWritten("its first move is not made in each round")
    if move.repeats > 1 and move.fresh_batch and not first:
        raise CannotBeWritten(f"its move {move.name} takes several batches, and is not the first")
    if move.repeats > 1:
        body = [fresh, *lines] if move.fresh_batch else lines
        lines = [f"for _ in range({move.repeats}):", *(f"    {line}" for line in body)]
        return lines if move.fresh_batch or not first else [fresh, *lines]
    if move.every > 1:
        lines = [f"if step % {move.every} == 0:", *(f"    {line}" for line in lines)]
    return [fresh, *lines] if first else lines


def _schedule(parts: Parts, moves: Sequence[MoveCode]) -> list[str]:
    if parts.config.schedule == "constant":
        return []
    lines = []
    for move in moves:
        if move.move.shares is None:
            rate = 'OPTIMIZER["lr"]' + (f" * {move.move.rate}" if move.move.rate != 1 else "")
            lines += [
                f"for group in {move.name}_optimizer.param_groups:",
                f'    group["lr"] = {rate} * (1 - step / STEPS)',
            ]
    return lines


def _average(parts: Parts) -> list[str]:
    lines = [
        "@torch.no_grad()",
        "def average(step):",
        '    """Moves the averages towards the weights, faster at the start."""',
        "    share = 1 - min(EMA, (1 + step) / (10 + step))",
    ]
    for key in parts.averaged():
        lines += [
            f"    state = {key}.state_dict()",
            f"    for key, value in averaged_{key}.state_dict().items():",
            "        new = state[key]",
            "        value.copy_(value.lerp(new, share) if value.is_floating_point() else new)",
        ]
    return lines


def _samples(parts: Parts, samples: str) -> str:
    names = [f"averaged_{k}" if parts.config.ema else k for k in parts.view.uses]
    label = ", label" if parts.view.label is not None else ""
    lines = [
        f"def save_samples(path, n={parts.made.few}):",
        '    """Draws samples in evaluation mode, always from the same latents."""',
        *(f"    {key}.eval()" for key in names),
        *([f"    label = {parts.labels()}"] if label else []),
        "    with torch.no_grad():",
        f'        found = samples(n, seeded("grid", device=DEVICE){label}).cpu()',
        *(f"    {key}.train()" for key in names if not parts.config.ema),
        indent(parts.shown(), "    "),
    ]
    return samples + "\n\n\n" + "\n".join(lines)


def _unpacked(parts: Parts) -> str:
    """The variables of a batch's fields, to assign a tuple to."""
    names = [*parts.data.fields]
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names)


def _template(called: str, **values: object) -> str:
    file = resources.files("ganzoo.writing") / "templates" / f"{called}.py.in"
    return Template(file.read_text(encoding="utf-8")).substitute(values).strip()
