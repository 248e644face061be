"""Published rivals trained on the built-in model by their own code, read as `compare` reads ours.

    python -m tests.benchmarks.rivals CHECKOUTS COMPARED... [--method NAME]... [--seconds 70]

CHECKOUTS holds the projects' files in ``latentclr``, ``warpedganspace``, ``ganlatentdiscovery``,
``disco`` and ``householdergan``. Each COMPARED is the output of one `compare` with ``oracle``
among its methods (16 starts, three frames), the first for seed 0, the next for seed 1, ...; shares
are of its oracle's.

Networks, losses and training loops are the published ones, imported and not copied. They get a
generator whose W is centred and divided by its mean deviation, so that lengths chosen for a
standard normal mean the same, and a processor where they ask for CUDA. `ROWS` holds the settings: a
rival's published ones, and ones that learn faster, named ``...-fast``. ``random`` and ``sefa``
check the reading. The cosine is that between directions and what they were before the first step.
"""

import argparse
import contextlib
import importlib
import os
import runpy
import sys
import tempfile
import time
import types
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch._dynamo  # optimisers import it: before packages that it looks for are stood in for
import torch.nn.functional as nnf
from torch import nn
from torch.overrides import TorchFunctionMode

from latentstudio.cli.printing import say
from latentstudio.core.progress import run
from latentstudio.discovery.latents import survey
from latentstudio.discovery.reconstructors import ResNet18
from latentstudio.discovery.result import linear_set
from latentstudio.discovery.warpedganspace import WarpedOptions, curved_set
from latentstudio.engine.paths import RbfPath
from latentstudio.evaluate.contestants import Terms, random_directions
from latentstudio.exchange.presets import read_preset
from latentstudio.session.models import open_model
from tests.benchmarks import compared_methods
from tests.benchmarks.readings import Reading

COUNT, STARTS = 32, 16
TAP = "b4.conv1"
"""Where LatentCLR compares features: StyleGAN2's ``conv1``, as published."""
SHIFT, LEAST_SHIFT = 6.0, 0.5
"""Lengths of walks of Voynov–Babenko and DisCo, in deviations, as published."""
DRAWS = 512
NEVER = 10**9
MISSING = (
    *("matplotlib", "matplotlib.pyplot", "tensorboard", "torch.utils.tensorboard", "tqdm"),
    *("torchvision", "torchvision.models", "torchvision.transforms", "torchvision.utils"),
)


class TimeUpError(Exception):
    """Ends a published training loop from inside."""


@dataclass(frozen=True)
class Learned:
    """What was learned by a mark: displacements (K, d), and paths where they are curved.

    `layers` holds the layer that each applies to; all where it is empty.
    """

    vectors: torch.Tensor
    paths: tuple = ()
    layers: tuple = ()


@dataclass
class Clock:
    """Takes what is learned at marks of processor time, and ends the training at the last."""

    marks: list
    take: object = None
    steps: int = 0
    start: Learned | None = None
    found: list = field(default_factory=list)
    begun: float = 0.0

    def begin(self, take):
        self.take, self.start, self.begun = take, take(), time.process_time()

    def tick(self):
        """After each step."""
        self.steps += 1
        now = time.process_time()
        while self.marks and now - self.begun >= self.marks[0]:
            self.found.append((self.marks.pop(0), self.steps, self.take()))
        if not self.marks:
            raise TimeUpError
        self.begun += time.process_time() - now


class Codes:
    """The built-in generator behind a W that is centred and has a mean deviation of 1."""

    def __init__(self, model, latents):
        self._model, self.latents, self.dim = model, latents, latents.dim

    @torch.no_grad()
    def of(self, z):
        return (self._model.map(z) - self.latents.mean) / self.latents.scale

    def _broadcast(self, codes):
        return self._model.broadcast(self.latents.mean + self.latents.scale * codes)

    def images(self, codes):
        return self._model.synthesize(self._broadcast(codes))

    def features(self, codes):
        return self._model.features(self._broadcast(codes), TAP)

    def style_weights(self):
        """Of each layer, what makes its style of a code: (C, d)."""
        layers = range(self._model.info.code_layers)
        return [self._model.style_weights(range(layer, layer + 1)) for layer in layers]


# What the published code asks of a machine and of packages.


class OnProcessor(TorchFunctionMode):
    """What asks for CUDA stays on the processor."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is torch.Tensor.cuda:
            return args[0]
        kwargs = dict(kwargs or {})
        if kwargs.get("device") == "cuda":
            kwargs["device"] = "cpu"
        return func(*args, **kwargs)


class Nothing(types.ModuleType):
    """Stands for a package that isn't there and isn't needed for learning."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


class Quiet:
    """A progress bar that shows nothing."""

    def __init__(self, **_):
        pass

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


class Resnet(nn.Module):
    """ResNet-18 with the names that the rivals replace or listen to; the inside is our own."""

    def __init__(self, **_):
        super().__init__()
        own = ResNet18(3)
        self.conv1, self.norm, self.blocks = own.stem, own.norm, own.blocks
        self.avgpool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        return self.avgpool(
            self.blocks(nnf.relu(nnf.max_pool2d(self.norm(self.conv1(x)), 3, 2, 1)))
        )


def package(name, folder):
    """A package of the checkout whose own ``__init__`` would import far more than is needed."""
    made = types.ModuleType(name)
    made.__path__ = [str(folder)]
    sys.modules[name] = made


def is_theirs(module, folder):
    """It belongs to a checkout, or stands in for what the checkout wants."""
    about = vars(module)
    places = [about.get("__file__") or "", *map(str, about.get("__path__") or ())]
    return isinstance(module, Nothing) or any(place.startswith(str(folder)) for place in places)


@contextlib.contextmanager
def published(folder):
    """The checkout's modules can be imported, and find the torch and numpy they were made for."""
    before, place = dict(sys.modules), Path.cwd()
    for name in MISSING:
        sys.modules[name] = Nothing(name)
    sys.modules["tqdm"].tqdm = Quiet
    sys.modules["torchvision.models"].resnet18 = lambda pretrained=False: Resnet()
    vars(np)["product"] = np.prod  # gone since numpy 2
    kept = getattr(torch, "solve", None)
    torch.solve = lambda right, left: (
        torch.linalg.solve(left, right),
        None,
    )  # gone since torch 1.13
    sys.path.insert(0, str(folder))
    with tempfile.TemporaryDirectory() as scratch, OnProcessor(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(scratch)  # they write logs
        try:
            yield Path(scratch)
        finally:
            os.chdir(place)
            sys.path.remove(str(folder))
            torch.solve = kept
            del vars(np)["product"]
            for name in [name for name, one in sys.modules.items() if is_theirs(one, folder)]:
                del sys.modules[name]
            shaded = {name: one for name, one in before.items() if name not in sys.modules}
            sys.modules.update(shaded)


# The rivals. Each trains until the clock says that it is enough.


def latentclr(folder, codes, clock, *, model, batch, rate, **options):
    package("colat", folder / "colat")
    sys.modules["colat.generators"] = Nothing("colat.generators")
    fixed = importlib.import_module("colat.models.fixed")
    conditional = importlib.import_module("colat.models.conditional")
    kind = {"global": fixed.Fixed, "nonlinear": conditional.NonlinearConditional}[model]
    net = kind(k=COUNT, size=codes.dim, alpha=0.1, normalize=True, **options)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate, weight_decay=1e-3)
    trainer = importlib.import_module("colat.trainer").Trainer(
        model=net,
        loss_fn=importlib.import_module("colat.loss").ContrastiveLoss(COUNT, 0.5, True, "mean"),
        optimizer=optimizer,
        generator=ForLatentCLR(codes),
        projector=importlib.import_module("colat.projectors.identity").IdentityProjector(),
        batch_size=batch,
        iterations=NEVER,
        device=torch.device("cpu"),
        scheduler=torch.optim.lr_scheduler.MultiStepLR(optimizer, [1000, 5000], 0.2),
    )
    start = codes.of(torch.randn(DRAWS, codes.dim))

    @torch.no_grad()
    def take():  # where a direction depends on the code, its mean
        moved = net(start).reshape(COUNT, DRAWS, codes.dim) - start
        return Learned(moved.mean(1))

    clock.begin(take)
    while True:
        trainer._train_loop(0, 1)
        clock.tick()


class ForLatentCLR(nn.Module):
    def __init__(self, codes):
        super().__init__()
        self._codes = codes

    def sample_latent(self, count):
        return self._codes.of(torch.randn(count, self._codes.dim))

    def get_features(self, z):
        return self._codes.features(z)


def warpedganspace(folder, codes, clock, *, judge, batch, rate, judge_rate):
    package("lib", folder / "lib")
    support = importlib.import_module("lib.support_sets")
    judges = importlib.import_module("lib.reconstructor")
    training = importlib.import_module("lib.trainer")
    params = argparse.Namespace(
        tensorboard=False,
        num_support_sets=COUNT,
        min_shift_magnitude=0.25,
        max_shift_magnitude=0.45,
        z_truncation=0.7,
        shift_in_w_space=True,
        support_set_lr=rate,
        reconstructor_lr=judge_rate,
        batch_size=batch,
        max_iter=NEVER,
        lambda_cls=1.0,
        lambda_reg=0.25,
        log_freq=NEVER,
        ckp_freq=NEVER,
    )
    sets = support.SupportSets(
        COUNT, 512, codes.dim, learn_alphas=False, learn_gammas=True, gamma=1 / codes.dim
    )
    Path("experiments/wip/here").mkdir(parents=True)
    trainer = training.Trainer(params, "here")
    trainer.stat_tracker = types.SimpleNamespace(update=lambda **_: clock.tick())

    @torch.no_grad()
    def take():
        mean, scale = codes.latents.mean, codes.latents.scale
        paths = tuple(
            RbfPath(mean + scale * vectors, alphas.clone(), gammas / scale**2)
            for vectors, alphas, gammas in zip(
                sets.SUPPORT_SETS.reshape(COUNT, -1, codes.dim),
                sets.ALPHAS,
                sets.LOGGAMMA.exp(),
                strict=True,
            )
        )
        return Learned(torch.stack([path.tangent(mean) for path in paths]), paths)

    clock.begin(take)
    trainer.train(ForWarped(codes), sets, judges.Reconstructor(judge, COUNT))


class ForWarped(nn.Module):
    def __init__(self, codes):
        super().__init__()
        self._codes, self.dim_z = codes, codes.dim

    def get_w(self, z):
        return self._codes.of(z)

    def forward(self, z, shift=None):
        code = self._codes.of(z)
        return self._codes.images(code if shift is None else code + shift)


def voynov_babenko(folder, codes, clock, *, judge, batch, rate, judge_rate):
    sys.modules["visualization"] = Nothing("visualization")
    shapes = importlib.import_module("latent_deformator")
    judges = importlib.import_module("latent_shift_predictor")
    training = importlib.import_module("trainer")
    deformator = shapes.LatentDeformator(
        codes.dim, type=shapes.DeformatorType.ORTHO, random_init=True
    )
    predictor = getattr(judges, judge)(COUNT)
    params = training.Params(
        shift_scale=SHIFT,
        min_shift=LEAST_SHIFT,
        deformator_lr=rate,
        shift_predictor_lr=judge_rate,
        batch_size=batch,
        n_steps=NEVER,
        directions_count=COUNT,  # the first columns of the orthonormal matrix
    )
    trainer = training.Trainer(params, "here")
    trainer.log = lambda *_: clock.tick()
    clock.begin(lambda: columns(deformator, codes.dim))
    trainer.train(ForVoynov(codes), deformator, predictor)


@torch.no_grad()
def columns(deformator, dim):
    """What a deformator makes of the first unit vectors."""
    ends = SHIFT * torch.eye(dim)[:COUNT]
    return Learned((deformator(ends) - deformator(-ends)) / 2)


class ForVoynov(nn.Module):
    def __init__(self, codes):
        super().__init__()
        self._codes, self.dim_z = codes, codes.dim

    def forward(self, z):
        return self._codes.images(self._codes.of(z))

    def gen_shifted(self, z, shift):
        return self._codes.images(self._codes.of(z) + shift)


def disco(folder, codes, clock, *, flags):
    """Its training is a script: it runs as it is, with our generator, options and clock."""
    loader = importlib.import_module("models.loader")
    shapes = importlib.import_module("models.DisCo.latent_deformator")
    loader.get_generator = lambda args: (ForDisCo(codes), codes.dim, 3)
    importlib.import_module("visualization").visualize_GAN = lambda *_: None
    build, made = shapes.LatentDeformator.__init__, []

    def remembered(self, *args, **options):
        build(self, *args, **options)
        made.append(self)

    def bar(total):
        clock.begin(lambda: columns(made[0], codes.dim))
        moved, first = Quiet(), [True]  # it moves before a step, not after it
        moved.update = lambda _: first.pop() if first else clock.tick()
        return moved

    shapes.LatentDeformator.__init__ = remembered
    sys.modules["tqdm"].tqdm = bar
    parse = argparse.ArgumentParser.parse_args
    argparse.ArgumentParser.parse_args = lambda parser, _: parse(parser, flags.split())
    Path("experiments").mkdir()
    try:
        runpy.run_path(str(folder / "train.py"))
    finally:
        argparse.ArgumentParser.parse_args = parse


class ForDisCo(nn.Module):
    def __init__(self, codes):
        super().__init__()
        self._codes = codes

    def style(self, z):
        return self._codes.of(z)

    def forward(self, styles, input_is_latent):
        return self._codes.images(styles[0]), None


def householder(folder, codes, clock):
    """Its factorization of each layer, the strongest of every layer first.

    Without its fine-tuning: that changes the generator, and needs the pictures it was made from.
    """
    weights = codes.style_weights()
    keys = [f"convs.{layer}.conv.modulation.weight" for layer in range(len(weights))]
    torch.save({"g_ema": dict(zip(keys, weights, strict=True))}, "model.pt")
    given, sys.argv = sys.argv, ["factorization", "model.pt", "--out", "factor.pt"]
    try:
        runpy.run_path(str(folder / "closed_form_factorization.py"), run_name="__main__")
    finally:
        sys.argv = given
    factors = torch.load("factor.pt")
    places = [(rank, layer) for rank in range(COUNT) for layer in range(len(keys))][:COUNT]
    vectors = torch.stack([factors[keys[layer]][:, rank] for rank, layer in places])
    clock.start = Learned(vectors, layers=tuple(layer for _, layer in places))
    clock.found = [(0.0, 0, clock.start)]


@dataclass(frozen=True)
class Row:
    """A rival, where its files are, and how it learns."""

    train: object
    folder: str
    options: dict


FAST = {"batch": 16, "rate": 0.003, "judge_rate": 0.001}
PUBLISHED = {"rate": 1e-4, "judge_rate": 1e-4}
ROWS = {
    "latentclr": Row(latentclr, "latentclr", {"model": "global", "batch": 32, "rate": 0.001}),
    "latentclr-demo": Row(
        latentclr, "latentclr", {"model": "nonlinear", "depth": 1, "batch": 8, "rate": 0.001}
    ),
    "latentclr-fast": Row(latentclr, "latentclr", {"model": "global", "batch": 8, "rate": 0.01}),
    "warpedganspace": Row(
        warpedganspace, "warpedganspace", {"judge": "ResNet", "batch": 12, **PUBLISHED}
    ),
    "warpedganspace-fast": Row(warpedganspace, "warpedganspace", {"judge": "LeNet", **FAST}),
    "voynov-babenko": Row(
        voynov_babenko,
        "ganlatentdiscovery",
        {"judge": "LatentShiftPredictor", "batch": 32, **PUBLISHED},
    ),
    "voynov-babenko-fast": Row(
        voynov_babenko, "ganlatentdiscovery", {"judge": "LeNetShiftPredictor", **FAST}
    ),
    "disco": Row(disco, "disco", {"flags": f"--dim {COUNT}"}),
    "householder": Row(householder, "householdergan/StyleGAN2", {}),
    "disco-fast": Row(disco, "disco", {"flags": f"--dim {COUNT} --B 4 --N 4 --K 8 --lr 0.001"}),
}
CHECKS = ("random", "sefa", "ganspace", "dp-lase", "oracle")
"""Known from `compare`."""


def learn(row, checkouts, codes, seed, marks):
    """What a rival had learned by each mark, and the clock."""
    folder, clock = (checkouts / row.folder).resolve(), Clock(list(marks))
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 — the published code draws from NumPy's global numbers
    with published(folder), contextlib.suppress(TimeUpError):
        row.train(folder, codes, clock, **row.options)
    return clock


def as_directions(model, latents, name, learned, seed):
    """Directions with the deviation of codes along them as a step."""
    vectors = nnf.normalize(learned.vectors, dim=1)
    units = latents.units(vectors)
    terms = Terms(count=COUNT, seed=seed)
    if learned.layers:
        return tuple(
            linear_set(
                *(model.info, (name, name), terms, seed, vectors[i : i + 1]),
                units=units[i : i + 1],
                layers=(layer, layer),
            ).directions[0]
            for i, layer in enumerate(learned.layers)
        )
    if not learned.paths:
        return linear_set(model.info, (name, name), terms, seed, vectors, units=units).directions
    made = [
        curved_set(
            model.info,
            WarpedOptions(count=COUNT),
            seed,
            [path],
            latents.mean,
            space=latents.space,
            unit=unit,
            measured=[{}],
        ).directions[0]
        for path, unit in zip(learned.paths, units, strict=True)
    ]
    return tuple(made)


def check(model, name, seed, folder):
    """Directions whose figures are known from the output of `compare`."""
    if name == "random":
        return random_directions(model, COUNT, seed).directions
    return read_preset(folder / "presets" / f"{name}.lpreset").directions[:COUNT]


def likeness(start, end):
    """Mean size of the cosine between directions before and after."""
    return float(nnf.cosine_similarity(start.vectors, end.vectors, dim=1).abs().mean())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("compared", type=Path, nargs="+")
    parser.add_argument("--method", action="append", choices=(*ROWS, *CHECKS))
    parser.add_argument("--seed", type=int, action="append", help="some of the seeds")
    parser.add_argument("--seconds", type=float, default=70.0)
    parser.add_argument("--longer", type=float, default=0.0, help="goes on so long with seed 0")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = run(open_model("portraits", "cpu"))
    latents = run(survey(model, "w", "all"))
    codes, reading = Codes(model, latents), Reading(model, STARTS)
    oracles = [compared_methods.read(folder)["oracle"] for folder in args.compared]
    rows = {}
    say(f"| method | seed | seconds | steps | cosine | {' | '.join(compared_methods.TITLES)} |")
    say("|---" * (5 + len(compared_methods.TITLES)) + "|")

    def told(name, seed, seconds, steps, cosine, directions):
        figures = compared_methods.figures(reading.tables(directions), oracles[seed])
        rows.setdefault((name, seconds), []).append((steps, cosine, *figures))
        cells = [name, seed, f"{seconds:g}", steps, f"{cosine:.2f}", *(f"{x:.2f}" for x in figures)]
        say(f"| {' | '.join(map(str, cells))} |")

    for name in args.method or (*CHECKS, *ROWS):
        for seed in args.seed or range(len(oracles)):
            if name in CHECKS:
                told(name, seed, 0.0, 0, 1.0, check(model, name, seed, args.compared[seed]))
                continue
            marks = sorted({args.seconds, max(args.seconds, 0.0 if seed else args.longer)})
            clock = learn(ROWS[name], args.checkouts, codes, seed, marks)
            for seconds, steps, end in clock.found:
                found = as_directions(model, latents, name, end, seed)
                told(name, seed, seconds, steps, likeness(clock.start, end), found)
    report(rows)


def report(rows):
    """All seeds together."""
    say("")
    say(f"| method | seconds | steps | cosine | {' | '.join(compared_methods.TITLES)} |")
    say("|---" * (4 + len(compared_methods.TITLES)) + "|")
    for (name, seconds), seeds in rows.items():
        pairs = zip(zip(*seeds, strict=True), (0, 2, 2, 2, 1, 1), strict=True)
        cells = (compared_methods.spread(values, digits) for values, digits in pairs)
        say(f"| {name} | {seconds:g} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
