"""`invert MODEL PICTURE…`: the codes that draw pictures of one's own."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli import arguments, pages, start, texts
from latentstudio.cli.arguments import Commands
from latentstudio.cli.places import check_folder
from latentstudio.cli.printing import say
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import FileError, LatentStudioError, OptionError, ResourceError

if TYPE_CHECKING:
    from latentstudio.cli.inverted import Kept
    from latentstudio.engine.generator import Generator
    from latentstudio.inversion.crop import Crop
    from latentstudio.inversion.options import InversionOptions
    from latentstudio.inversion.pictures import Photo

STARTS = ("auto", "mean", "samples")
MOST = 1000


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("invert", help="find the codes that draw your own pictures")
    arguments.add_model(parser)
    parser.add_argument(
        "pictures",
        nargs="+",
        type=Path,
        metavar="PICTURE",
        help="PNG, JPEG, WebP or TIFF files, or folders of them",
    )
    arguments.add_folder(parser)
    steps = "steps along the gradient, in each of two stages (default: 40)"
    arguments.add_whole(parser, "--steps", steps, high=5000)
    parser.add_argument(
        "--start",
        choices=STARTS,
        default="auto",
        help="begin at the mean, at the sample most alike, or at the best guess (default: auto)",
    )
    parser.add_argument(
        "--honesty",
        type=texts.of(_honesty),
        default=0.5,
        metavar="X",
        help="0 is faithful to the picture, 1 stays where edits work best (default: 0.5)",
    )
    parser.add_argument(
        "--crop",
        type=texts.of(_crop),
        metavar="X,Y,SIDE[,ANGLE]",
        help="the square: its middle and side in pixels, turned clockwise in degrees "
        "(default: the largest in the middle)",
    )
    parser.add_argument(
        "--face",
        type=texts.of(_face),
        metavar="X,Y,X,Y,X,Y",
        help="both eyes and the mouth in pixels, or five landmarks (eyes, nose, corners of the "
        "mouth): the square that face models expect",
    )
    parser.add_argument("--mirror", action="store_true", help="mirror the pictures left to right")
    parser.add_argument(
        "--tune", action="store_true", help="fit a copy of the model's weights to each picture, too"
    )
    parser.add_argument(
        "--noise",
        dest="fit_noise",  # `noise` of other commands says which noise to draw
        action="store_true",
        help="with --tune: fit the model's noise inputs, too, kept uncorrelated",
    )
    arguments.add_whole(parser, "--class", "draw it as this class (default: chosen by features)")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="k=v",
        help="pixels=, features= or shell=: weights of the parts of the error",
    )
    parser.add_argument(
        "--resume", action="store_true", help="keep what is done and go on where it was cut off"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Find every picture's code; print the files written."""
    _check(args)
    pictures = _files(args.pictures)
    options = _options(args)
    generator = start.open_generator(args)
    _check_class(args, generator)
    _check_noise(args, generator)
    from latentstudio.cli.inverted import forget_states, write_results

    done: list[Kept] = []
    failed: list[str] = []
    for index, path in enumerate(pictures):
        try:
            done.append(_one(args, generator, options, path, f"{index:04d}-{path.stem}"))
        except ResourceError:
            raise
        except LatentStudioError as error:
            if len(pictures) == 1:
                raise
            failed.append(path.name)
            note(error.sentence())
    if not done:
        raise FileError("None of the pictures could be used. See the notes above.")
    if failed:
        note(f"{len(failed)} of {len(pictures)} pictures were left out: {', '.join(failed[:5])}.")
    command = shlex.join(["latentstudio", "invert", args.model, *map(str, args.pictures)])
    written = write_results(args.output, generator.info, done, command)
    forget_states(args.output, done)
    for one in written:
        say(one)


def _one(
    args: argparse.Namespace,
    generator: "Generator",
    options: "InversionOptions",
    path: Path,
    stem: str,
) -> "Kept":
    from latentstudio.cli.inverted import keep, saving
    from latentstudio.inversion.pictures import read_photo
    from latentstudio.session.inverting import InversionRequest, invert

    photo = read_photo(path)
    for said in photo.notes:
        note(said)
    asked = InversionRequest(photo, _frame(args, photo), options, getattr(args, "class"))
    key = asked.key(generator.info)
    with saving(args.output, stem, key, resume=args.resume) as saver:
        job = invert(generator, asked, saver.since, note)
        found = drive(saver.watched(job), f"Finding {path.name}")
        saver.finish(found.found, key)
        for said in found.found.notes:
            note(said)
        return keep(
            args.output, stem, asked, found, args.honesty, tune=args.tune, noise=args.fit_noise
        )


def _check(args: argparse.Namespace) -> None:
    check_folder(args.output)
    pages.check_ours(args.output)
    if args.crop is not None and args.face is not None:
        raise OptionError("Give either --crop or --face, not both.")
    if args.fit_noise and not args.tune:
        raise OptionError("--noise says what --tune fits: give that, too.")


def _check_class(args: argparse.Namespace, generator: "Generator") -> None:
    label, known = getattr(args, "class"), generator.info.classes
    if label is None:
        return
    if not known:
        setattr(args, "class", None)
        note("This model has no classes: --class is ignored.")
    elif label >= known:
        raise OptionError(f"This model has classes 0 to {known - 1}, not {label}.")


def _check_noise(args: argparse.Namespace, generator: "Generator") -> None:
    from latentstudio.core.spaces import Ability

    if args.fit_noise and Ability.NOISE not in generator.info.abilities:
        args.fit_noise = False
        note("This model has no noise inputs: --noise is ignored.")


def _options(args: argparse.Namespace) -> "InversionOptions":
    from latentstudio.core.options import parse
    from latentstudio.inversion.options import InversionOptions

    return parse(InversionOptions, args.option, start=args.start, steps=args.steps)


def _files(given: list[Path]) -> list[Path]:
    """Files as given, and the pictures of folders in order.

    Raises:
        FileError: A folder has none.
        OptionError: There are too many.
    """
    from latentstudio.inversion.pictures import ENDINGS

    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())
        if not inside:
            raise FileError(f"{path} holds no pictures. Give PNG, JPEG, WebP or TIFF files.")
        found += inside
    if len(found) > MOST:
        raise OptionError(f"Give at most {MOST} pictures at once, not {len(found)}.")
    return found


def _frame(args: argparse.Namespace, photo: "Photo") -> "Crop":
    from dataclasses import replace

    from latentstudio.inversion.align import frame_of_face, frame_of_landmarks
    from latentstudio.inversion.crop import Crop, whole

    if args.face is not None:
        frame = frame_of_face(*args.face) if len(args.face) == 3 else frame_of_landmarks(args.face)
    elif args.crop is not None:
        frame = Crop(*args.crop)
    else:
        frame = whole(photo.width, photo.height)
    return replace(frame, mirror=args.mirror)


def _honesty(text: str) -> float:
    value = texts.number(text)
    if not 0 <= value <= 1:
        raise OptionError(f"{text} is out of range: honesty goes from 0 to 1.")
    return value


def _crop(text: str) -> tuple[float, ...]:
    parts = text.split(",")
    if len(parts) not in (3, 4):
        raise OptionError(f"'{text}' isn't a frame. Write x,y,side or x,y,side,angle in pixels.")
    return tuple(texts.number(part) for part in parts)


def _face(text: str) -> list[tuple[float, float]]:
    parts = text.split(",")
    if len(parts) not in (6, 10):
        raise OptionError(
            f"'{text}' isn't a face. Write x,y of both eyes and the mouth: six numbers; or of both "
            "eyes, the nose and the corners of the mouth: ten."
        )
    values = [texts.number(part) for part in parts]
    return list(zip(values[::2], values[1::2], strict=True))
