"""A client that answers only when told to, and things to show."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from latentstudio.core.reading import Reading, ReferenceCurve
from latentstudio.core.spaces import Ability, GeneratorInfo, Prior, Space, SpaceInfo
from latentstudio.document.direction import Direction, DirectionSet, Linear, ModelKey, Provenance
from latentstudio.evaluate.agreement import compare
from latentstudio.render.messages import Band, Film, Frame
from latentstudio.session.messages import ModelSummary
from latentstudio.store.assets import DiskAssets

GOLDEN = Path(__file__).parent.parent / "golden" / "generators" / "portraits.npz"


class Recorder(QObject):
    """Remembers what was asked of it, whatever that is."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given: self.asked.append((name, *given))


class FakeLibrary(Recorder):
    """The signals of LibraryClient, and a record of what was asked."""

    installed = Signal(str)
    install_failed = Signal(str, str)
    plugins_ready = Signal(object)
    plugin_failed = Signal(str, str)
    progressed = Signal(str, float)

    def __init__(self):
        super().__init__()
        self.installing = ()


class FakePhotos(Recorder):
    """The signals of PhotoClient, and a record of what was asked."""

    opened = Signal(object)
    failed = Signal(str)
    stepped = Signal(object)
    found = Signal(object)
    stopped = Signal()
    saved = Signal(str)
    kept = Signal(object)
    kept_fit = Signal(object)
    face = Signal(object, object)
    tuned = Signal(object)
    loaded = Signal(object, object)
    lost = Signal(object, str)


class FakePresets(Recorder):
    """The signals of PresetClient, and a record of what was asked."""

    listed = Signal(object)
    saved = Signal(str, str)
    inside = Signal(object)
    thrown_away = Signal(object)
    exported = Signal(str, str)

    def __init__(self):
        super().__init__()
        self.home = Path("/home/presets")


class FakeProjects(Recorder):
    """The signals of ProjectClient, and a record of what was asked."""

    saved = Signal(object)
    save_failed = Signal(object, str)
    read = Signal(object, object)
    read_failed = Signal(object, str)
    adopted = Signal(object)
    recipe_read = Signal(object, object)
    compared = Signal(object)
    drawn = Signal(object, int)

    def __init__(self):
        super().__init__()
        self.coming = False
        self.recipes = {}

    def want_recipe(self, path):
        self.recipe_read.emit(path, self.recipes.get(path))


class FakeVariations(QObject):
    """The signals of VariationClient, and a record of what was asked."""

    planned = Signal(object)
    tile_ready = Signal(object)
    finished = Signal()
    failed = Signal(str)
    large_ready = Signal(object, object)
    bred_ready = Signal(object)
    breeding_failed = Signal(str)

    def __init__(self):
        super().__init__()
        self.asked = []
        self.dropped = 0

    def want_grid(self, asked, side, known=()):
        self.asked.append(("grid", asked, side, frozenset(known)))

    def want_large(self, picture, side):
        self.asked.append(("large", picture, side))

    def want_bred(self, first, second, shares, side):
        self.asked.append(("bred", first, second, shares, side))

    def drop(self):
        self.dropped += 1


class FakeExamples(QObject):
    """The signals of ExampleClient, and a record of what was asked."""

    sample_ready = Signal(object)
    prepared = Signal()
    fitted = Signal(object)
    failed = Signal(str)
    uncertain_ready = Signal(object)
    change_ready = Signal(str)

    def __init__(self):
        super().__init__()
        self.asked = []

    def new_key(self):
        return "by-example-run1"

    def want_samples(self, seeds, label, side):
        self.asked.append(("samples", tuple(seeds)))

    def prepare(self):
        self.asked.append(("prepare",))

    def fit(self, marks, key, name):
        self.asked.append(("fit", marks))

    def ask(self, marks, first, count):
        self.asked.append(("ask", marks, count))

    def keep(self, key, name):
        self.asked.append(("keep", key, name))

    def change(self, before, after, name):
        self.asked.append(("change", before, after))

    def stop(self):
        self.asked.append(("stop",))


class FakeClient(QObject):
    """The signals of StudioClient, and a record of what was asked."""

    restart_advised = Signal(str, str)
    engine_ready = Signal()
    model_opened = Signal(object)
    model_failed = Signal(str, str)
    model_closed = Signal()
    devices_ready = Signal(object)
    device_changed = Signal(str)
    precision_changed = Signal(str)
    drawn = Signal(object)
    frame_ready = Signal(object)
    original_ready = Signal(object)
    reference_ready = Signal(object)
    judge_ready = Signal()
    judge_missing = Signal()
    directions_ready = Signal(object)
    directions_failed = Signal(str)
    bands_ready = Signal(object, object)
    measures_ready = Signal(object)
    names_ready = Signal(object)
    changes_ready = Signal(object)
    agreement_ready = Signal(object)
    saved = Signal(str)
    walk_ready = Signal(object)
    place_ready = Signal(object)
    thumb_ready = Signal(object, object)
    film_ready = Signal(object, object)
    snap_ready = Signal(object, object)
    job_changed = Signal(object)
    run_queued = Signal(int, object)
    run_stepped = Signal(int, object)
    run_gone = Signal(str)
    pace_ready = Signal(str, float)
    notice = Signal(str, str)
    kind_told = Signal(str, bool)
    sliders_ready = Signal(object)
    sliders_failed = Signal(object, str)
    progressed = Signal(float)
    leak_ready = Signal(object)
    tries_ready = Signal(object)
    path_ready = Signal(object)
    path_failed = Signal(object, str)
    held_ready = Signal(str)
    model_known = Signal()
    latents_found = Signal(object)
    look_brought = Signal(object)
    import_asked = Signal(object)
    foreign_asked = Signal(object)
    trial_ready = Signal(object)
    trial_failed = Signal(str)
    copied = Signal(object)

    def __init__(self):
        super().__init__()
        self.library = FakeLibrary()
        self.assets = DiskAssets()
        self.photos = FakePhotos()
        self.presets = FakePresets()
        self.projects = FakeProjects()
        self.variations = FakeVariations()
        self.examples = FakeExamples()
        self.models = self.previews = self.directions = self.runs = self.files = self
        self.regions = self
        self.device = "auto"
        self.opening = False
        self.devices = []
        self.bands = []
        self.films = []
        self.snaps = []
        self.discovered = []
        self.cancelled = []
        self.named = []
        self.timed = 0
        self.asked = []

    def want_sliders(self, request):
        self.asked.append(("sliders", request))

    def want_path(self, request):
        self.asked.append(("path", request))

    def drop_path(self):
        self.asked.append(("drop path",))

    def adopt(self, news):
        self.asked.append(("adopt", news))

    def hold(self, request, title):
        self.asked.append(("hold", request))

    def know_model(self, request):
        self.asked.append(("know", request))

    def want_leak(self, picture):
        self.asked.append(("leak", picture))

    def want_tries(self, direction, amount, picture):
        self.asked.append(("tries", direction, amount))

    def keep(self, ids, group=""):
        self.asked.append(("keep", tuple(ids), group))

    def want_place(self, picture, direction, amount):
        self.asked.append(("want_place", picture, direction, amount))

    def teach_judge(self, label):
        self.asked.append(("teach judge", label))

    def want_walk(self, picture, direction):
        self.asked.append(("want_walk", picture, direction))

    def want_bands(self, picture, ids):
        self.bands.append((picture, tuple(ids)))

    def want_films(self, picture, counts, ends=None):
        self.films.append((picture, dict(counts)))

    def want_measures(self, ids):
        self.asked.append(("measure", tuple(ids)))

    def want_names(self, model, ids):
        self.named.append(tuple(ids))

    def want_agreement(self, directions):
        self.agreement_ready.emit(compare(directions))

    def want_changes(self, id):
        self.asked.append(("changes", id))

    def want_snap_back(self, picture):
        self.snaps.append(picture)

    def discover(self, method, pairs=()):
        self.discovered.append((method, tuple(pairs)))

    def set_device(self, id):
        self.devices.append(id)

    def reread(self, values):
        self.asked.append(("reread", dict(values)))

    def set_precision(self, id):
        self.asked.append(("precision", id))

    def start_run(self, method, options, seed, of=""):
        on = (of,) if of else ()
        self.asked.append(("start", method, dict(options), seed, *on))

    def start_search(self):
        self.asked.append(("search",))

    def paces(self):
        return {}

    def want_paces(self):
        self.timed += 1

    def resume_run(self, run):
        self.asked.append(("resume run", run.key))

    def want_kind(self, path):
        self.asked.append(("kind", path))

    def try_import(self, path, wanted, place):
        self.asked.append(("try", path, wanted, place))

    def import_directions(self, path, *more):
        self.asked.append(("import", path, *more))

    def pause(self, ticket):
        self.asked.append(("pause", ticket))

    def resume(self, ticket):
        self.asked.append(("resume", ticket))

    def stop_run(self, ticket):
        self.asked.append(("stop", ticket))

    def discard_run(self, key):
        self.asked.append(("discard", key))

    def cancel(self, ticket):
        self.cancelled.append(ticket)


def info(*, layers=10, classes=0, fingerprint="0c3b90b1" * 8, name="Portraits 64"):
    """Facts of a small StyleGAN2, or with layers=0 of a network with Z only."""
    spaces = {Space.Z: SpaceInfo(256, 1, Prior.NORMALISED)}
    abilities = {Ability.GRADIENT}
    if layers:
        spaces[Space.W] = SpaceInfo(256, 1, Prior.MAPPED)
        spaces[Space.WPLUS] = SpaceInfo(256, layers, Prior.MAPPED)
        abilities |= {Ability.MAPPING, Ability.LAYERS, Ability.NOISE, Ability.TRUNCATION}
    if classes:
        abilities.add(Ability.CLASSES)
    family = "stylegan2" if layers else "dcgan"
    return GeneratorInfo(
        name, family, 64, 3, classes, 2_250_000, fingerprint, spaces, (), frozenset(abilities)
    )


def pixels(count=8):
    """Real portraits, (64, 64, 3) each, repeated as often as needed."""
    with np.load(GOLDEN) as golden:
        images = golden["img"]
    made = np.clip(images * 127.5 + 128, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return [np.ascontiguousarray(made[i % len(made)]) for i in range(count)]


def summary(**changes):
    """An opened model."""
    classes = changes.pop("class_names", ())
    about = info(classes=len(classes), **changes)
    return ModelSummary(
        "portraits", about, "StyleGAN2", "CPU, 2 threads", tuple(classes), tuple(pixels(4))
    )


def card_facts(shown: ModelSummary) -> tuple:
    """What `keep_facts` keeps of a summary."""
    return shown.info, shown.title, shown.recognised, shown.thumbs


def direction(id, *, layers=None, low=-6.0, high=6.0):
    """A direction named by its id: ``sefa-3`` is SeFa 3."""
    method, number = id.rsplit("-", 1)
    name = {"sefa": "SeFa", "ganspace": "PCA"}[method] + f" {number}"
    vector = np.zeros(256, np.float32)
    vector[int(number)] = 1
    return Direction(
        id, name, Space.W, Linear(vector), 1.0, low, high, layers, provenance=Provenance(method)
    )


def direction_set(*, sefa=6, ganspace=4, fingerprint="0c3b90b1" * 8):
    """A few directions of two methods."""
    found = [direction(f"ganspace-{i}") for i in range(ganspace)]
    found += [direction(f"sefa-{i}", layers=(0, 3)) for i in range(sefa)]
    key = ModelKey(fingerprint, "stylegan2", 64, {"w": 256})
    return DirectionSet(key, tuple(found))


def film(id, count=7, low=-6.0, high=6.0):
    """Frames along a slider, darker at the low end."""
    base = pixels(1)[0]
    amounts = tuple(np.linspace(low, high, count))
    shades = np.linspace(0.35, 1.0, count)
    return Film(id, amounts, tuple((base * s).astype(np.uint8) for s in shades))


def bands(ids, shell=(-4.1, 3.2), limit=(-7.0, 5.4)):
    """The same band for every slider."""
    return {id: Band(shell, limit) for id in ids}


def curve(*, flat=False, space=Space.W):
    """A reference like that of 100 normal numbers."""
    draws = np.random.default_rng(0).normal(9.98, 0.71, 20_000)
    counts, edges = np.histogram(draws, bins=60, range=(7.5, 13.0))
    shell = tuple(np.percentile(draws, [2.5, 97.5]))
    limit = tuple(np.percentile(draws, [0.05, 99.95]))
    words = "distance from the middle of the model’s space"
    return ReferenceCurve(space, words, 20_000, edges, counts.astype(float), shell, limit, flat)


def reading(coordinate=10.74, percentile=86.0, state="on", side="sparser", **more):
    """A place in the density."""
    return Reading(coordinate, percentile, state, side, **more)


def frame(picture, now=None, start=None, carrier=""):
    """A rendered picture."""
    return Frame(picture, pixels(1)[0], now, start, carrier, 12.0)
