"""What is damaged for each reader: a sound input, how it is read, how it is damaged."""

from pathlib import Path

from tests.fuzz.mutations import mutate, rezip


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


def _newest(folder):
    from latentstudio.document.state import Document, Edit, Picture
    from latentstudio.store.newest import Newest

    file = Newest(folder / "good.json")
    for amount in (1.0, 2.0):
        file.write(Document("portraits", "f" * 64, Picture(edits=(Edit("a", amount),))), "Smile")
    file.close()
    return (folder / "good.newest").read_bytes()


def _read_newest(path):
    from latentstudio.store import newest

    path.with_suffix(newest.ENDING).write_bytes(path.read_bytes())
    newest.read(path)


def _newest_damaged(data, rng):
    """Where the two documents are, not in the room between them."""
    edge = len(data) - 2**20
    first, second = data[:edge], data[2**20 :]
    damaged = [mutate(one, rng) if rng.random() < 0.7 else one for one in (first, second)]
    return damaged[0].ljust(2**20, b"\0")[: 2**20] + damaged[1]


def _project(folder):
    from latentstudio.exchange.projects import write_project
    from tests.toys.projects import project

    write_project(project(), folder / "good")
    return (folder / "good").read_bytes()


def _read_project(path):
    import warnings

    from latentstudio.exchange.projects import read_project

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile: a name occurs twice
        read_project(path)


def _project_damaged(data, rng):
    """The container, or what is in it behind checksums that fit."""
    import io
    import warnings
    import zipfile

    if rng.random() < 0.3:
        return mutate(data, rng)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for name in names:
                content = old.read(name)
                new.writestr(name, mutate(content, rng) if name == chosen and content else content)
    return target.getvalue()


READERS = {
    "preset": (_preset, _read_preset, mutate),
    "npy": (_npy, _read_vectors, mutate),
    "npz": (_npz, _read_vectors, mutate),
    "directions in safetensors": (_safetensors, _read_vectors, mutate),
    "directions of torch": (_torch, _read_vectors, rezip),
    "model, network pickle": (_golden("stylegan2-ada-conditional-32.pkl"), _open_model, mutate),
    "model, torch zip": (_golden("rosinality-stylegan2-64.pt"), _open_model, rezip),
    "last work": (_last, _load_last, mutate),
    "newest work": (_newest, _read_newest, _newest_damaged),
    "project": (_project, _read_project, _project_damaged),
    "settings": (_settings, _read_settings, mutate),
    "choices of plugins": (_choices, _read_choices, mutate),
    "plugin manifest": (_manifest, _read_manifest, mutate),
    "cache": (_cache, _read_cache, mutate),
    "state of a run": (_state, _read_state, mutate),
    "mask": (_mask, _read_mask, mutate),
}
