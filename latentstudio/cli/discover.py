"""`discover MODEL`: find directions and keep them in a preset."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentstudio.cli import arguments, finding, start
from latentstudio.cli.arguments import Commands
from latentstudio.cli.interrupts import ending_between_steps
from latentstudio.cli.kept_run import KeptRun
from latentstudio.cli.pace import with_time_left
from latentstudio.cli.places import check_file, check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import LatentStudioError, ResourceError
from latentstudio.core.progress import Job
from latentstudio.core.seeds import MAX_SEED
from latentstudio.exchange.presets import write_preset

if TYPE_CHECKING:
    from latentstudio.discovery.state import RunState
    from latentstudio.document.direction import Direction, DirectionSet
    from latentstudio.engine.generator import Generator

MOST_STEPS = 10_000_000


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("discover", help="find directions and keep them in a preset")
    arguments.add_model(parser)
    parser.add_argument(
        "--method",
        required=True,
        metavar="NAME",
        help="auto, by-example, picture-ica, sefa, ganspace, dp-lase, dp-lase-subspace, "
        "warpedganspace or voynov-babenko",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="k=v",
        help="an option of the method; may be given several times",
    )
    words = "training steps, for methods that train"
    arguments.add_whole(parser, "--steps", words, low=1, high=MOST_STEPS)
    arguments.add_whole(parser, "--seed", f"0 to {MAX_SEED} (default: 0)")
    finding.add_options(parser)
    _add_keeping(parser)
    _add_direction(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="F.lpreset")
    parser.set_defaults(run=run)


def _add_keeping(parser: arguments.Parser) -> None:
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run for this output that was stopped or killed; options that are "
        "not given again are those it had",
    )
    words = "steps between two saves of the run's state (it is saved every few seconds, too)"
    arguments.add_whole(parser, "--checkpoint-every", words, low=1, high=MOST_STEPS)
    parser.add_argument(
        "--tensorboard",
        type=Path,
        metavar="DIR",
        help="a folder for the losses of every step, for TensorBoard",
    )


def _add_direction(parser: arguments.Parser) -> None:
    where = "for dp-lase-subspace: where its direction is (default: the model's first one)"
    arguments.add_preset(parser, where)
    arguments.add_whole(parser, "--direction", "its place in that preset, from 0 (default: 0)")


def run(args: argparse.Namespace) -> None:
    """Discover, write the preset and print its place."""
    from latentstudio.discovery import processes

    check_file(args.output)
    if args.tensorboard is not None:
        from latentstudio.export.tensorboard import need_writer

        check_folder(args.tensorboard)
        need_writer()
    _own_gpu(args)
    try:
        generator = start.open_generator(args)
        if finding.finds(args.method):
            finding.run(args, generator)
            return
        finding.set_aside(args)
        with processes.group(generator.device):
            _discover(args, generator)
    except ResourceError:
        raise
    except LatentStudioError:
        if processes.is_launched() and os.environ.get("RANK") != "0":
            raise SystemExit(2) from None  # the first process says it
        raise


def _discover(args: argparse.Namespace, generator: "Generator") -> None:
    from latentstudio.discovery import processes
    from latentstudio.discovery.registry import get

    learns = _learns(args)
    if not learns and processes.rank():
        return  # the first process does it alone
    kept = KeptRun(args.output)
    state = None
    if learns:
        state = kept.begin(args.resume or processes.restarted(), generator.device)
        if state is None and args.resume:
            if _finished(args, generator):
                note("This run is finished already.")
                _say(args.output)
                return
            note(f"There is no interrupted run for {args.output}: it starts from the beginning.")
    if args.seed is None:
        args.seed = state.seed if state else 0
    if not get(args.method).of_direction:
        _set_aside(args, ("preset", "direction"), "finds its directions itself")
    direction = _direction(args, generator) if get(args.method).of_direction else None
    found = _drive(args, _job(args, generator, state, direction), kept, learns)
    if processes.rank() == 0:
        _write(found, args.output, kept)
        _show(found, generator, args.output)
    _say(args.output)


def _write(found: "DirectionSet", output: Path, kept: KeptRun) -> None:
    try:
        write_preset(found, output)
    except LatentStudioError as error:
        error.hint = kept.sentence()
        raise
    kept.end()


def _show(found: "DirectionSet", generator: "Generator", output: Path) -> None:
    """Add previews to what is safely kept."""
    from latentstudio.exchange.previews import write_with_previews

    drive(write_with_previews(generator, found, output, note), "Making preview pictures")


def _say(output: Path) -> None:
    from latentstudio.discovery import processes

    if processes.rank() == 0:
        say(output)


def _job(
    args: argparse.Namespace,
    generator: "Generator",
    state: "RunState | None",
    direction: "Direction | None",
) -> "Job[DirectionSet]":
    from latentstudio.discovery import start

    more = (state, direction) if state or direction else ()
    return start.discover(generator, args.method, _pairs(args), args.seed, *more)


def _drive(
    args: argparse.Namespace, job: "Job[DirectionSet]", kept: KeptRun, learns: bool
) -> "DirectionSet":
    """Run a job, its state kept beside the output.

    Raises:
        KeyboardInterrupt: With what became of it.
    """
    from latentstudio.discovery import processes
    from latentstudio.discovery.checkpoints import checkpointed
    from latentstudio.discovery.training import AloneError, DivergedError

    title = f"Running {args.method}"
    if not learns:
        return drive(job, title)
    if processes.rank() == 0:
        job = with_time_left(checkpointed(job, kept.path, args.checkpoint_every, report=note))
        job = _logged(args, job)
    try:
        return drive(ending_between_steps(job), title)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(kept.sentence()) from None
    except DivergedError as error:
        if error.state.step and processes.rank() == 0:
            write_preset(error.found, args.output)
        raise
    except AloneError as error:
        error.hint = kept.sentence()
        raise


def _logged(args: argparse.Namespace, job: "Job[DirectionSet]") -> "Job[DirectionSet]":
    if args.tensorboard is None:
        return job
    from latentstudio.export.tensorboard import logged

    return logged(job, args.tensorboard, note)


def _learns(args: argparse.Namespace) -> bool:
    """Whether the method trains; where it doesn't, what is for training only is set aside."""
    from latentstudio.core.options import describe
    from latentstudio.discovery.registry import get

    if any(info.name == "steps" for info in describe(get(args.method).options)):
        return True
    _set_aside(args, ("steps", "checkpoint_every", "resume", "tensorboard"), "does not train")
    return False


def _set_aside(args: argparse.Namespace, names: Iterable[str], why: str) -> None:
    """Put options back that the method has no use for, with a note."""
    for name in names:
        given = getattr(args, name)
        if given is not None and given is not False:
            note(f"{args.method} {why}: --{name.replace('_', '-')} is ignored.")
            setattr(args, name, None)


def _pairs(args: argparse.Namespace) -> list[str]:
    """--option and --steps."""
    return [*args.option, *([] if args.steps is None else [f"steps={args.steps}"])]


def _options(args: argparse.Namespace, generator: "Generator") -> Any:
    """The run's options; raises OptionError where they are wrong."""
    from latentstudio.discovery.start import options_for

    info, device = generator.info, generator.device.type
    return options_for(args.method, info, _pairs(args), device=device)


def _finished(args: argparse.Namespace, generator: "Generator") -> bool:
    """Without a state: whether the output is already what would come of this run."""
    from latentstudio.core.options import as_record
    from latentstudio.discovery import processes
    from latentstudio.exchange.presets import read_preset

    wanted = dict(as_record(_options(args, generator)))
    same = False
    if processes.rank() == 0 and args.output.is_file():
        found = read_preset(args.output)
        same = found.model.fingerprint == generator.info.fingerprint and any(
            (how.method, how.seed, dict(how.options)) == (args.method, args.seed or 0, wanted)
            for how in (one.provenance for one in found.directions[:1])
        )
    return processes.shared(b"" if same else None, generator.device) is not None


def _direction(args: argparse.Namespace, generator: "Generator") -> "Direction":
    """The direction to work on: from --preset, or the model's first."""
    from latentstudio.cli.directions import load_preset, pick
    from latentstudio.discovery.start import able
    from latentstudio.session.library import default_directions

    able(args.method, generator.info)
    _options(args, generator)  # said before anything is looked for
    if args.preset is not None:
        return pick(load_preset(args.preset, generator), args.direction or 0)
    found = drive(default_directions(generator, note), "Looking for directions")
    chosen = pick(found, args.direction or 0)
    note(f"The direction is {chosen.name}. Choose another with --preset and --direction.")
    return chosen


def _own_gpu(args: argparse.Namespace) -> None:
    """Give each of several processes on one machine a GPU of its own."""
    from latentstudio.discovery import processes

    if not processes.is_launched() or args.device not in ("auto", "cuda"):
        return
    import torch

    count = torch.cuda.device_count()
    if count:
        args.device = f"cuda:{processes.local_rank() % count}"
