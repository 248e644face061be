"""Damaged inputs for every reader, each trial in a process with limits and a watch on what it does.

A reader gives values or raises one of our sentences, within its limits of time and memory, and
opens, runs and imports nothing but what it needs. Whatever else happens is a fault.
"""

import multiprocessing
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.mutations import mutate, rezip

SECONDS = 20.0
MEGABYTES = 1500
_NEVER = (
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect",
    "socket.bind", "socket.getaddrinfo", "pty.spawn", "ctypes.dlopen", "webbrowser.open",
)  # fmt: skip


def _preset(folder):
    from latentstudio.exchange.presets import write_preset
    from tests.unit.exchange.presets.test_round_trip import every_kind

    write_preset(every_kind(), folder / "good")
    return (folder / "good").read_bytes()


def _read_preset(path):
    from latentstudio.exchange.presets import read_preset

    read_preset(path)


def _npy(folder):
    import numpy as np

    np.save(folder / "good.npy", np.ones((6, 16), np.float32))
    return (folder / "good.npy").read_bytes()


def _npz(folder):
    import numpy as np

    np.savez(folder / "good.npz", lat_comp=np.ones((6, 16)), lat_stdev=np.ones(6))
    return (folder / "good.npz").read_bytes()


def _safetensors(folder):
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"a": np.ones((6, 16), np.float32)}, folder / "good.safetensors")
    return (folder / "good.safetensors").read_bytes()


def _torch(folder):
    import torch

    torch.save({"a": torch.ones(6, 16)}, folder / "good.pt")
    return (folder / "good.pt").read_bytes()


def _read_vectors(path):
    from latentstudio.core.progress import run
    from latentstudio.exchange.vector_files import read_vectors

    run(read_vectors(path))


def _golden(name):
    root = Path(__file__).parents[1] / "golden" / "generators"
    return lambda folder: (root / name).read_bytes()


def _open_model(path):
    from latentstudio.core.progress import run
    from latentstudio.generators.registry import open_generator

    run(open_generator(path))


def _last(folder):
    from latentstudio.document.state import Document, Edit, Picture, Snapshot
    from latentstudio.store.last_work import keep_at

    picture = Picture(edits=(Edit("a", 1.0), Edit("b", -2.0)))
    shots = (Snapshot("one", picture),)
    keep_at(folder / "good.json", Document("portraits", "f" * 64, picture, snapshots=shots), None)
    return (folder / "good.json").read_bytes()


def _load_last(path):
    from latentstudio.store.last_work import load_last

    load_last(path)


def _settings(folder):
    from latentstudio.core import settings

    settings.save(settings.Settings(recent_models=("a", "b"), window="abc"))
    return settings.settings_path().read_bytes()


def _read_settings(path):
    from latentstudio.core import settings

    settings.settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings.settings_path().write_bytes(path.read_bytes())
    settings.load()


def _choices(folder):
    from latentstudio.plugin_host import consent

    failure = consent.Failure(problem="p", content="c")
    consent.save(consent.Choices(allowed={"a": "b" * 64}, off=("x",), failed={"y": failure}))
    return consent.choices_path().read_bytes()


def _read_choices(path):
    from latentstudio.plugin_host import consent

    consent.choices_path().write_bytes(path.read_bytes())
    consent.load()


def _manifest(folder):
    root = Path(__file__).parents[2] / "plugins" / "dcgan" / "plugin.toml"
    return root.read_bytes()


def _read_manifest(path):
    from latentstudio.plugin_host.manifest import read_manifest

    (path.parent / "plugin.toml").write_bytes(path.read_bytes())
    read_manifest(path.parent)


def _cache(folder):
    import numpy as np

    from latentstudio.store import cache

    cache.store(folder / "good.safetensors", {"reference": np.ones(64)}, {"flat": False})
    return (folder / "good.safetensors").read_bytes()


def _read_cache(path):
    from latentstudio.store import cache

    cache.load(path)


def _state(folder):
    import torch

    from latentstudio.discovery.state import RunState

    state = RunState("dp-lase", "f" * 64, {"steps": 9}, 1, 2, 3, {"a": torch.ones(3)}, {"l": 0.5})
    state.save(folder / "good.state")
    return (folder / "good.state").read_bytes()


def _read_state(path):
    from latentstudio.discovery.state import RunState

    RunState.load(path)


def _mask(folder):
    from PIL import Image

    Image.new("LA", (32, 32), (200, 100)).save(folder / "good.png")
    return (folder / "good.png").read_bytes()


def _read_mask(path):
    from latentstudio.region import mask_files

    mask_files._read(path)


READERS = {
    "preset": (_preset, _read_preset, mutate),
    "npy": (_npy, _read_vectors, mutate),
    "npz": (_npz, _read_vectors, mutate),
    "directions in safetensors": (_safetensors, _read_vectors, mutate),
    "directions of torch": (_torch, _read_vectors, rezip),
    "model, network pickle": (_golden("stylegan2-ada-conditional-32.pkl"), _open_model, mutate),
    "model, torch zip": (_golden("rosinality-stylegan2-64.pt"), _open_model, rezip),
    "last work": (_last, _load_last, mutate),
    "settings": (_settings, _read_settings, mutate),
    "choices of plugins": (_choices, _read_choices, mutate),
    "plugin manifest": (_manifest, _read_manifest, mutate),
    "cache": (_cache, _read_cache, mutate),
    "state of a run": (_state, _read_state, mutate),
    "mask": (_mask, _read_mask, mutate),
}


def trial(folder, cases, only=()):
    """Damage inputs for some readers (all by default); figures and faults."""
    figures, faults = {}, []
    for name in only or READERS:
        home = Path(folder, "inputs", name.replace(" ", "-").replace(",", ""))
        home.mkdir(parents=True, exist_ok=True)
        found = in_a_process(name, home, cases)
        figures[name] = found["figures"]
        faults += found["faults"]
    return {"cases for each": cases, "readers": figures}, faults


def in_a_process(name, home, cases):
    """One reader's trial in a process of its own, since a hook that watches stays for ever."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_watched, args=(name, home, cases, theirs), daemon=True)
    process.start()
    theirs.close()
    lost = {"figures": {"cases": 0}, "faults": [f"{name}: the process was ended"]}
    try:
        found = ours.recv() if ours.poll(60 + cases * 0.5 + SECONDS) else lost
    except EOFError:
        found = lost
    process.kill()
    process.join()
    return found


def _watched(name, home, cases, pipe):
    import os

    os.environ["LATENTSTUDIO_HOME"] = str(home / "home")
    tempfile.tempdir = str(home)
    make, read, damage = READERS[name]
    good = make(home)
    path = home / "case"
    path.write_bytes(good)
    read(path)  # so that what it imports is there
    _limit()
    watch = Watch(home)
    sys.addaudithook(watch)
    pipe.send(_cases(name, read, damage, good, path, cases, watch))


def _cases(name, read, damage, good, path, cases, watch):
    from latentstudio.core.errors import LatentStudioError

    faults, refused, longest, began = [], 0, 0.0, time.monotonic()
    for case in range(cases):
        path.write_bytes(damage(good, random.Random(f"{name} {case}")))
        start = time.monotonic()
        watch.on = True
        try:
            read(path)
        except LatentStudioError as error:
            refused += 1
            if "\n" in error.sentence():
                faults.append(f"{name} {case}: a sentence of several lines")
        except BaseException as error:  # noqa: BLE001 - all others are faults
            faults.append(f"{name} {case}: {error!r} {traceback.format_exc()[-300:]}")
        watch.on = False
        longest = max(longest, time.monotonic() - start)
        faults += [f"{name} {case}: {event}" for event in watch.taken()]
    if longest > SECONDS:
        faults.append(f"{name}: took {longest:.1f} s")
    figures = {"cases": cases, "refused": refused, "longest s": round(longest, 2),
               "seconds": round(time.monotonic() - began, 1), "MB": _peak()}  # fmt: skip
    return {"figures": figures, "faults": faults}


class Watch:
    """Notes what a reader does that no reader needs."""

    def __init__(self, home):
        self.home, self.on = str(home), False
        self._events = []
        self._places = (self.home, *(p for p in sys.path if p), sys.prefix, sys.base_prefix,
                        "/proc", "/sys/fs/cgroup")  # fmt: skip

    def __call__(self, event, args):
        if not self.on:
            return
        if event.startswith(_NEVER):
            self._events.append(f"{event} {args!r:.200}")
        elif event == "open" and isinstance(args[0], str) and not self._known(args[0]):
            self._events.append(f"open {args[0]}")
        elif event == "exec" and not self._known(args[0].co_filename):
            self._events.append(f"exec {args[0].co_filename}")

    def _known(self, place):
        return place.startswith(self._places) or place.startswith("<")

    def taken(self):
        events, self._events = self._events, []
        return events


def _limit():
    """No more memory than a reader may ask for, above what the libraries have."""
    if sys.platform != "linux":
        return
    import resource

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = used + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _peak():
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
