"""What `invert` writes: codes, reconstructions, a table and a page; and how it goes on later."""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
from numpy.typing import NDArray
from PIL import Image

from latentstudio.cli import pages
from latentstudio.cli.progress import drive, note
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.files import write_bytes
from latentstudio.core.progress import Job, Step, changed
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.export.arrays import save_array
from latentstudio.export.images import save_pixels
from latentstudio.export.page import STATES, Caption, Card, Page, Section, Strip, to_html
from latentstudio.export.sheet import GAP, strip
from latentstudio.inversion.crop import cut
from latentstudio.inversion.descent import Descent
from latentstudio.inversion.found import DialReading, InversionResult
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.search import Progress
from latentstudio.inversion.state import SearchState, read_state, write_state
from latentstudio.inversion.tuning import tune
from latentstudio.inversion.tuning_file import with_tuning, write_tuning
from latentstudio.session.inverting import InversionRequest, Inverted

LATENTS, RESULT, CODES, PICTURES = "latents.npy", "result.json", "codes", "pictures"
EVERY = 10.0
"""Seconds between two saves of a search."""
LARGEST = 256
"""Pixels of a frame on the page at most."""
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the dial, on the page."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One picture's results.

    Attributes:
        stem: Of its files.
        record: For `result.json`.
        codes: (layers, dim), at the honesty asked for.
        shown: Frames of the page: the photo, then `PLACES` of the dial, then the tuned model's.
        places: Error and density of `PLACES`.
    """

    stem: str
    record: dict[str, Any]
    codes: NDArray[np.float32]
    shown: list[NDArray[np.uint8]]
    places: list[DialReading]


class Saver:
    """Keeps the state of one search in a file while it runs."""

    def __init__(self, path: Path, since: SearchState | None) -> None:
        self.path, self.since = path, since
        self._latest: Progress | None = None
        self._ended = False
        self._when = time.monotonic()

    def watched(self, job: Job[Inverted]) -> Job[Inverted]:
        """The same job; its state is saved now and then."""
        return changed(job, self._see)

    def save(self) -> bool:
        """Save what is known; whether there was anything."""
        if self._ended:
            return True
        if self._latest is None:
            return False
        write_state(self._latest.state(), self.path)
        return True

    def finish(self, found: InversionResult, key: str) -> None:
        """The search has ended; until all of them have, it need not be done again."""
        ended = Descent.at(found.faithful)
        state = SearchState(
            "done", found.label, ended, found.editable, key, found.seconds, found.notes
        )
        write_state(state, self.path)
        self._ended = True

    def _see(self, step: Step) -> Step:
        if isinstance(step.preview, Progress):
            self._latest = step.preview
            if time.monotonic() - self._when > EVERY:
                self._when = time.monotonic()
                self.save()
        return step


@contextlib.contextmanager
def saving(folder: Path, stem: str, key: str, *, resume: bool) -> Iterator[Saver]:
    """A search that can be cut off: its state stays until `forget_states`.

    Args:
        folder: Where results go.
        stem: Of this picture's files.
        key: Of the search.
        resume: Go on from what is there.

    Raises:
        KeyboardInterrupt: As it came, with a sentence that says how to go on.
    """
    path = folder / f"{stem}.state"
    since = read_state(path, key) if resume and path.is_file() else None
    saver = Saver(path, since)
    try:
        yield saver
    except KeyboardInterrupt as stop:
        with contextlib.suppress(LatentStudioError):
            if saver.save():
                raise KeyboardInterrupt(
                    f"The search is kept in {path}: --resume goes on."
                ) from stop
        raise


def forget_states(folder: Path, done: Sequence[Kept]) -> None:
    """Once all results are written, there is nothing to go on from."""
    for one in done:
        (folder / f"{one.stem}.state").unlink(missing_ok=True)


def keep(
    folder: Path,
    stem: str,
    asked: InversionRequest,
    found: Inverted,
    honesty: float,
    *,
    tune: bool,
    noise: bool = False,
) -> Kept:
    """Write one picture's code, reconstruction and tuning; of noise inputs, too, if asked for.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    places = [found.place(one) for one in PLACES]
    chosen = found.place(honesty)
    shown = [_photo(asked, found), *(found.pixels(one) for one in PLACES)]
    record = _record(stem, asked, found, chosen)
    if tune:
        shown.append(_tuned(folder, stem, found, honesty, record, noise=noise))
    _write_codes(folder / CODES / f"{stem}.safetensors", found, honesty)
    save_pixels(found.pixels(honesty), folder / f"{stem}.png")
    codes = found.codes(honesty)[0].cpu().numpy()
    return Kept(stem, record, codes, shown, places)


def _photo(asked: InversionRequest, found: Inverted) -> NDArray[np.uint8]:
    return cut(asked.photo.pixels, asked.crop, found.problem.generator.info.resolution)


def _record(
    stem: str, asked: InversionRequest, found: Inverted, chosen: DialReading
) -> dict[str, Any]:
    crop, reading = asked.crop, chosen.reading
    return {
        "picture": asked.photo.name,
        "size": [asked.photo.width, asked.photo.height],
        "crop": {"x": crop.x, "y": crop.y, "side": crop.side, "angle": crop.angle,
                 "mirror": crop.mirror},
        "class": found.found.label,
        "honesty": chosen.honesty,
        "error": chosen.error,
        "psnr": chosen.psnr,
        "percentile": reading.percentile,
        "state": reading.state,
        "side": reading.side,
        "reconstruction": f"{stem}.png",
        "codes": f"{CODES}/{stem}.safetensors",
        "seconds": dict(found.found.seconds),
        "notes": list(found.found.notes),
    }  # fmt: skip


def _tuned(
    folder: Path, stem: str, found: Inverted, honesty: float, record: dict[str, Any], *, noise: bool
) -> NDArray[np.uint8]:
    """Tune, write the difference and the picture; the record gets the figures."""
    began = time.monotonic()
    v = found.found.at(honesty)
    fitted = drive(tune(found.problem, v, TuningOptions(noise=noise)), "Tuning the model")
    for said in fitted.notes:
        note(said)
    difference = fitted.difference
    name = f"{CODES}/{stem}-tuning.safetensors"
    write_tuning(difference, folder / name)
    generator = drive(with_tuning(found.problem.generator, difference), "Tuning the model")
    pixels = found.pixels(honesty, generator)
    save_pixels(pixels, folder / f"{stem}-tuned.png")
    record["seconds"]["tune"] = time.monotonic() - began
    record["tuning"] = name
    return pixels


def _write_codes(path: Path, found: Inverted, honesty: float) -> None:
    ends = {"editable": found.codes(1.0), "faithful": found.codes(0.0)}
    tensors = {**ends, "chosen": found.codes(honesty)}
    about = {"honesty": str(honesty), "model": found.problem.generator.info.fingerprint}
    plain = {name: tensor[0].cpu().contiguous() for name, tensor in tensors.items()}
    write_bytes(path, safetensors.torch.save(plain, about))


def write_results(
    folder: Path, info: GeneratorInfo, done: Sequence[Kept], command: str
) -> list[Path]:
    """Write the latents of all pictures, the table and the page.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    codes = np.stack([one.codes for one in done])
    same = bool((codes == codes[:, :1]).all())
    space = info.code_space if same else Space.WPLUS
    save_array(folder / LATENTS, codes[:, 0] if same else codes)
    result = {
        "model": info.fingerprint,
        "space": str(space),
        "latents": LATENTS,
        "pictures": [one.record for one in done],
    }
    write_bytes(folder / RESULT, json.dumps(result, indent=2).encode())
    with pages.staged(folder) as temporary:
        page = _page(temporary, info, done, space, command)
        write_bytes(temporary / pages.PAGE, to_html(page).encode())
    pictures = [folder / one.record["reconstruction"] for one in done]
    return [*pictures, folder / LATENTS, folder / RESULT, folder / pages.PAGE]


def _page(
    folder: Path, info: GeneratorInfo, done: Sequence[Kept], space: Space, command: str
) -> Page:
    rows: list[tuple[str, ...]] = [("Picture", "Error", "PSNR", "Density", "Seconds")]
    for one in done:
        record = one.record
        words = f"{STATES[record['state']][1]}, farther out than {record['percentile']:.0f} of 100"
        taken = f"{sum(record['seconds'].values()):.1f}"
        rows.append(
            (record["picture"], f"{record['error']:.3f}", f"{record['psnr']:.1f} dB", words, taken)
        )
    return Page(
        title=f"Own pictures, drawn by {info.name}",
        text="The photo first, then what the model makes of it, from faithful to editable. Error "
        "is the perceptual distance: 0 looks the same.",
        facts=[
            ("Pictures", str(len(done))),
            ("Space", space.upper()),
            ("Fingerprint", info.fingerprint[:12]),
        ],
        sections=(
            Section("Figures", table=tuple(rows)),
            Section("Pictures", cards=tuple(_card(folder, one) for one in done)),
        ),
        command=command,
        sortable=True,
    )


def _card(folder: Path, one: Kept) -> Card:
    frames = [_reduced(frame) for frame in one.shown]
    pixels = strip(frames)
    file = f"{PICTURES}/{one.stem}.png"
    save_pixels(pixels, folder / file)
    captions = [Caption("photo")]
    captions += [
        Caption(f"{place.honesty:g}", place.reading.state, f"error {place.error:.3f}")
        for place in one.places
    ]
    captions += [Caption("tuned")] * (len(frames) - len(captions))
    size = (pixels.shape[1], pixels.shape[0])
    alt = f"{one.record['picture']} and its reconstructions."
    made = Strip("", file, size, GAP, alt, tuple(captions), len(frames))
    return Card((made,), one.record["picture"], " ".join(one.record["notes"]))


def _reduced(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if len(frame) <= LARGEST:
        return frame
    return np.asarray(Image.fromarray(frame).resize((LARGEST, LARGEST)))
