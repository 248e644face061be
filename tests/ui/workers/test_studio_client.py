"""The window's door to the engine, on the built-in generator."""

import gc
import re
import shutil
import threading

import numpy as np
import pytest
import torch

from latentstudio.core import paths
from latentstudio.core.progress import run
from latentstudio.document.start import Seed
from latentstudio.document.state import Edit, Picture
from latentstudio.generators import layer_steps
from latentstudio.render import coarse
from latentstudio.render.messages import Drawn
from latentstudio.render.renderer import Renderer
from latentstudio.session import preparing
from latentstudio.store import run_files
from latentstudio.workers.studio_client import StudioClient
from tests.toys.even_times import even_times

WAIT = 60_000


@pytest.fixture
def client(qapp):
    made = StudioClient()
    made.notices = []
    made.notice.connect(lambda kind, text: made.notices.append((kind, text)))
    yield made
    made.close()


@pytest.fixture
def ready(client, qtbot, warm_cache):
    """A client with the model open, its density measured and its directions found."""
    seen = {}
    client.models.model_opened.connect(lambda s: seen.update(summary=s))
    client.previews.reference_ready.connect(lambda c: seen.update(curve=c))
    client.directions.directions_ready.connect(lambda d: seen.update(directions=d))
    shutil.copytree(warm_cache, paths.cache_dir())
    client.start()
    client.models.open_model("portraits")
    qtbot.waitUntil(lambda: len(seen.get("directions", ())) == 47 and "curve" in seen, timeout=WAIT)
    client.seen = seen
    return client


def frame_of(client, qtbot, picture):
    with qtbot.waitSignal(
        client.previews.frame_ready, timeout=WAIT, check_params_cb=lambda f: f.picture == picture
    ) as got:
        client.previews.show(picture)
    return got.args[0]


def test_a_model_opens_and_directions_of_both_methods_appear(ready):
    assert ready.seen["summary"].info.resolution == 64
    assert len(ready.seen["summary"].thumbs) == 4
    methods = {d.method for d in ready.seen["directions"].directions}
    assert methods == {"sefa", "ganspace", "dp-lase", "resefa"}
    assert ready.seen["curve"].samples == 20_000


def test_garbage_is_collected_again_but_not_looked_for_in_the_engine(ready):
    assert gc.isenabled()
    assert gc.get_freeze_count() > 50_000


def test_a_picture_is_drawn_before_it_is_judged(ready, qtbot):
    order = []
    ready.previews.drawn.connect(order.append)
    ready.previews.frame_ready.connect(order.append)
    frame = frame_of(ready, qtbot, Picture(Seed(11)))
    drawn = order[order.index(frame) - 1]
    assert isinstance(drawn, Drawn)
    assert drawn.picture == frame.picture
    assert drawn.pixels is frame.pixels  # so that the canvas knows it has painted them


def test_a_picture_comes_with_its_place_in_the_density(ready, qtbot):
    first = frame_of(ready, qtbot, Picture(Seed(1)))
    assert first.pixels.shape == (64, 64, 3)
    assert first.reading.state == "on"
    direction = ready.seen["directions"].directions[0]
    far = Picture(Seed(1), edits=(Edit(direction.id, direction.high * 3),))
    shown = frame_of(ready, qtbot, far)
    assert shown.reading.state == "off"
    assert shown.carrier == direction.id
    assert not np.array_equal(shown.pixels, first.pixels)
    with qtbot.waitSignal(ready.previews.snap_ready, timeout=WAIT) as back:
        ready.previews.want_snap_back(far)
    assert frame_of(ready, qtbot, back.args[0]).reading.state == "on"


def test_dragging_fast_renders_the_first_and_the_last_of_what_came_at_once(ready, qtbot):
    direction = ready.seen["directions"].directions[0].id
    shown = []
    ready.previews.frame_ready.connect(lambda f: shown.append(f.picture.amount(direction)))
    for i in range(100):
        ready.previews.show(Picture(Seed(3), edits=(Edit(direction, (i + 1) / 100),)))
    qtbot.waitUntil(lambda: bool(shown) and shown[-1] == 1.0, timeout=WAIT)
    assert shown == [0.01, 1.0]


def test_bands_and_films_come_for_what_was_asked(ready, qtbot):
    ids = [d.id for d in ready.seen["directions"].directions[:2]]
    picture = Picture(Seed(5))
    with qtbot.waitSignal(ready.previews.bands_ready, timeout=WAIT) as bands:
        ready.previews.want_bands(picture, ids)
    assert bands.args[0] == picture
    assert sorted(bands.args[1]) == sorted(ids)
    films = {}
    ready.previews.film_ready.connect(lambda p, film: films.update({film.direction: (p, film)}))
    ready.previews.want_films(picture, {ids[0]: 3, ids[1]: 7})
    qtbot.waitUntil(lambda: len(films) == 2, timeout=WAIT)
    assert [len(films[i][1].frames) for i in ids] == [3, 7]
    middle = films[ids[1]][1].frames[3]
    assert np.array_equal(middle, frame_of(ready, qtbot, picture).pixels)


def test_saving_writes_the_pixels_that_were_shown(ready, qtbot, tmp_path):
    from PIL import Image

    frame = frame_of(ready, qtbot, Picture(Seed(8)))
    with qtbot.waitSignal(ready.files.saved, timeout=WAIT):
        ready.files.save_picture(Picture(Seed(8)), str(tmp_path / "a.png"))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), frame.pixels)
    ready.files.save_picture(Picture(Seed(8)), "/proc/nowhere/a.png")
    qtbot.waitUntil(lambda: bool(ready.notices), timeout=WAIT)
    kind, text = ready.notices[-1]
    assert kind == "error"
    assert "Choose another folder" in text


def test_a_bad_model_is_a_sentence_and_the_open_one_stays(ready, qtbot, tmp_path):
    (tmp_path / "bad.pkl").write_bytes(b"")
    with qtbot.waitSignal(ready.models.model_failed, timeout=WAIT) as failed:
        ready.models.open_model(str(tmp_path / "bad.pkl"))
    assert "empty" in failed.args[1]
    assert frame_of(ready, qtbot, Picture(Seed(2))).pixels.shape == (64, 64, 3)


@pytest.fixture
def slow_layers(monkeypatch):
    """The third layer waits until it may go on; gives the layers begun, and what lets it."""
    begun, gate = [], threading.Event()
    real = layer_steps.stop_point

    def stop_point():
        begun.append(1)
        if len(begun) == 3:
            gate.wait(WAIT / 1000)
        real()

    monkeypatch.setattr(layer_steps, "stop_point", stop_point)
    yield begun, gate.set
    gate.set()


def test_opening_is_cancelled_between_two_layers_of_the_first_picture(client, qtbot, slow_layers):
    jobs = []
    client.job_changed.connect(jobs.append)
    client.start()
    client.models.open_model("portraits")
    begun, go_on = slow_layers
    qtbot.waitUntil(lambda: len(begun) == 3, timeout=WAIT)
    (ticket,) = {job.ticket for job in jobs if job.title.startswith("Opening")}
    with qtbot.waitSignal(client.models.model_failed, timeout=WAIT) as failed:
        client.cancel(ticket)
        go_on()
    assert failed.args == ["portraits", ""]
    assert len(begun) == 3  # a picture has nine
    assert client._engine.studio._model is None


def test_a_picture_on_its_way_does_not_hold_a_closed_model(ready, qtbot, slow_layers):
    ready.previews.show(Picture(Seed(77)))
    begun, go_on = slow_layers
    qtbot.waitUntil(lambda: len(begun) == 3, timeout=WAIT)
    frames = []
    ready.previews.frame_ready.connect(frames.append)
    with qtbot.waitSignal(ready.models.model_closed, timeout=WAIT):
        ready.models.close_model()
        go_on()
    assert len(begun) == 3
    assert frames == []


def test_another_reading_is_shown_and_remembered(client, qtbot, tmp_path):
    state = {"0.weight": torch.randn(20, 8, 4, 4), "2.weight": torch.randn(8, 3, 4, 4)}
    torch.save(state, tmp_path / "stack.pt")
    with qtbot.waitSignal(client.models.model_opened, timeout=WAIT) as guessed:
        client.start()
        client.models.open_model(str(tmp_path / "stack.pt"))
    with qtbot.waitSignal(client.models.model_opened, timeout=WAIT) as changed:
        client.models.reread({"output": "none"})
    assert changed.args[0].again
    assert changed.args[0].info.fingerprint != guessed.args[0].info.fingerprint
    with qtbot.waitSignal(client.models.model_failed, timeout=WAIT) as failed:
        client.models.reread({"output": "loud"})
    assert "Choose one of" in failed.args[1]
    with qtbot.waitSignal(client.models.model_opened, timeout=WAIT) as again:
        client.models.set_precision("float16")  # no processor offers it
    assert again.args[0].precision == "float32"
    assert again.args[0].info.fingerprint == changed.args[0].info.fingerprint


def test_closing_during_discovery_ends_both_threads(client, qtbot):
    with qtbot.waitSignal(client.models.model_opened, timeout=WAIT):
        client.start()
        client.models.open_model("portraits")
    client.directions.discover("ganspace", ["samples=1000000"])
    client.close()
    assert not client._engine.background._thread.isRunning()
    assert not client._engine.preview._thread.isRunning()


def test_a_closed_model_gives_its_memory_back_and_answers_nothing(ready, qtbot):
    import gc
    import weakref

    frame_of(ready, qtbot, Picture(Seed(1)))
    kept = weakref.ref(ready._engine.studio._model.generator)
    with qtbot.waitSignal(ready.models.model_closed, timeout=WAIT):
        ready.models.close_model()
    qtbot.wait(50)  # the preview thread lets go between two steps
    gc.collect()
    assert kept() is None
    with qtbot.assertNotEmitted(ready.previews.frame_ready, wait=200):
        ready.previews.show(Picture(Seed(2)))
        ready.previews.want_thumb(Picture(Seed(2)))
    assert ready.notices == []
    with qtbot.waitSignal(ready.models.model_opened, timeout=WAIT):
        ready.models.open_model("portraits")
    assert frame_of(ready, qtbot, Picture(Seed(2))).pixels.shape == (64, 64, 3)


def test_an_opening_that_is_cancelled_is_told_without_a_complaint(client, qtbot):
    jobs = []
    client.job_changed.connect(jobs.append)
    client.start()
    with qtbot.waitSignal(client.models.model_failed, timeout=WAIT) as failed:
        client.models.open_model("portraits")
        (opening,) = {job.ticket for job in jobs if job.title == "Opening portraits"}
        client.cancel(opening)
    assert failed.args == ["portraits", ""]
    assert client.notices == []


def test_the_summary_tells_what_was_recognised_and_what_it_costs(ready):
    summary = ready.seen["summary"]
    assert summary.recognised == "StyleGAN2, saved by LatentStudio"
    assert summary.seen.startswith("mapping.fc0.bias")
    assert summary.bytes == 4 * summary.info.parameters
    assert summary.milliseconds > 0


def test_another_device_opens_the_model_again_there(ready, qtbot):
    asked = []
    ready.models.device_changed.connect(asked.append)
    with qtbot.waitSignal(ready.models.model_opened, timeout=WAIT) as opened:
        ready.models.set_device("cpu")
        ready.models.set_device("cpu")
    assert asked == ["cpu"]
    assert opened.args[0].device.startswith("CPU")
    assert not opened.args[0].on_gpu


DP_LASE = {"count": 3, "steps": 200, "batch": 2}


@pytest.fixture
def running(ready, qtbot):
    """A client whose DP-LaSE run has made its first steps."""
    ready.news, ready.tickets = [], []
    ready.runs.run_stepped.connect(lambda _, news: ready.news.append(news))
    ready.runs.run_queued.connect(lambda ticket, run: ready.tickets.append((ticket, run)))
    ready.runs.start_run("dp-lase", DP_LASE, 1)
    qtbot.waitUntil(lambda: len(ready.news) > 1, timeout=WAIT)
    return ready


def own(client):
    known = client.seen["directions"].directions
    return [d for d in known if d.id.startswith("dp-lase-run1-")]


def paused_on_disk(client):
    return run_files.kept_runs(client.seen["summary"].info.fingerprint)


def test_a_run_shows_directions_while_it_works_and_sliders_stay_live(running, qtbot):
    ticket, run = running.tickets[0]
    assert (run.key, run.steps) == ("dp-lase-run1", 200)
    assert len(own(running)) == 3
    assert len(running.seen["directions"].directions) == 50
    id = own(running)[0].id
    shown = frame_of(running, qtbot, Picture(Seed(3), edits=(Edit(id, 4.0),)))
    assert not np.array_equal(shown.pixels, frame_of(running, qtbot, Picture(Seed(3))).pixels)
    running.cancel(ticket)


def test_a_paused_run_is_on_the_disk_and_goes_on_after_a_restart(running, qtbot):
    ticket, _ = running.tickets[0]
    running.runs.pause(ticket)
    # One state may have been due just before: the one of the pause has the last step.
    qtbot.waitUntil(
        lambda: [r.step for r in paused_on_disk(running)] == [running.news[-1].run.step],
        timeout=WAIT,
    )
    step = running.news[-1].run.step
    running.close()
    again = StudioClient()
    try:
        seen, news = {}, []
        again.models.model_opened.connect(lambda s: seen.update(summary=s))
        again.runs.run_stepped.connect(lambda _, n: news.append(n))
        again.start()
        again.models.open_model("portraits")
        qtbot.waitUntil(lambda: "summary" in seen, timeout=WAIT)
        (offered,) = seen["summary"].runs
        assert offered.step == step
        again.runs.resume_run(offered)
        qtbot.waitUntil(lambda: bool(news), timeout=WAIT)
        assert news[0].run.step == step + 1
    finally:
        again.close()


def test_a_run_that_another_model_pauses_is_told(running, qtbot):
    _, run = running.tickets[0]
    assert not running.models.opening
    with qtbot.waitSignal(running.models.model_opened, timeout=WAIT):
        running.models.open_model("portraits")
        assert running.models.opening
    assert not running.models.opening
    ((kind, text),) = running.notices
    assert kind == "info"
    said = r"DP-LaSE is paused at step \d+\. It waits in Discover, with its model\."
    assert re.fullmatch(said, text)
    assert [one.key for one in paused_on_disk(running)] == [run.key]
    with qtbot.waitSignal(running.models.model_opened, timeout=WAIT):
        running.models.open_model("portraits")
    assert len(running.notices) == 1  # nothing runs any more


def test_stop_keeps_what_is_found_and_discard_forgets_it(running, qtbot):
    ticket, run = running.tickets[0]
    running.runs.pause(ticket)
    ended = []
    running.job_changed.connect(lambda job: ended.append((job.ticket, job.state)))
    running.runs.stop_run(ticket)
    qtbot.waitUntil(lambda: (ticket, "done") in ended, timeout=WAIT)
    assert len(own(running)) == 3
    assert not paused_on_disk(running)
    with qtbot.waitSignal(running.runs.run_gone) as gone:
        running.runs.discard_run(run.key)
    assert gone.args == [run.key]
    assert own(running) == []
    assert len(running.seen["directions"].directions) == 47
    assert not list(run_files.folder(running.seen["summary"].info.fingerprint).iterdir())


def test_methods_come_as_forms_that_fit_the_model(ready):
    forms = {form.id: form for form in ready.seen["summary"].methods}
    learning = ["dp-lase", "dp-lase-subspace", "warpedganspace", "voynov-babenko"]
    assert list(forms) == ["sefa", "ganspace", "picture-ica", *learning]
    fields = {f.name: f for f in forms["dp-lase"].fields}
    assert fields["count"].high == ready.seen["summary"].info.code_dim
    assert fields["apart"].default == 0.001
    assert fields["layer"].choices[:2] == ("auto", "styles")
    assert len(fields["layer"].choices) > 3
    assert fields["space"].choices == ("auto", "z", "w")
    assert forms["dp-lase"].learns
    assert not forms["sefa"].learns
    assert not any(form.missing for form in forms.values())


def test_a_directions_changes_are_read_by_the_models_own_predictor(ready, qtbot):
    with qtbot.waitSignal(ready.directions.changes_ready, timeout=WAIT) as got:
        ready.directions.want_changes("ganspace-0")
    found = got.args[0]
    assert found.id == "ganspace-0"
    assert 1 <= len(found.attributes) <= 3
    sizes = [abs(value) for _, value in found.attributes]
    assert sizes == sorted(sizes, reverse=True)
    with qtbot.waitSignal(ready.directions.changes_ready, timeout=WAIT) as got:
        ready.directions.want_changes("nobody")
    assert got.args[0].attributes == ()
    assert ready.notices == []


@pytest.fixture
def slow(ready, monkeypatch):
    """As if a picture of the open model took long, with preview heads fitted."""
    monkeypatch.setattr(preparing, "measure_layers", even_times)
    run(ready._engine.studio.prepare_previews())
    heads = ready._engine.studio._model.renderer.coarse
    monkeypatch.setattr(coarse, "SLOW", 0.0)
    monkeypatch.setattr(heads, "took", lambda *_: None)
    return ready


def test_a_moving_hand_sees_coarse_pictures_and_a_resting_one_the_whole(slow, qtbot):
    frames, drawn = [], []
    slow.previews.frame_ready.connect(frames.append)
    slow.previews.drawn.connect(drawn.append)
    for amount in range(1, 6):
        slow.previews.show(Picture(Seed(7), edits=(Edit("sefa-0", amount / 2),)))
        qtbot.wait(20)
    last = Picture(Seed(7), edits=(Edit("sefa-0", 2.5),))
    qtbot.waitUntil(lambda: bool(frames) and not frames[-1].coarse, timeout=WAIT)
    assert [frame.coarse for frame in frames] == [True] * (len(frames) - 1) + [False]
    assert {frame.picture for frame in frames[-2:]} == {last}
    assert [one.coarse for one in drawn] == [frame.coarse for frame in frames]
    renderer = slow._engine.studio._model.renderer
    plain = Renderer(renderer.generator)
    plain.directions = renderer.directions
    assert np.array_equal(frames[-1].pixels, plain.pixels(last))


def test_a_known_picture_is_whole_at_once(slow, qtbot):
    picture = Picture(Seed(8))
    with qtbot.waitSignal(
        slow.previews.frame_ready, timeout=WAIT, check_params_cb=lambda f: not f.coarse
    ):
        slow.previews.show(picture)
    frame_of(slow, qtbot, Picture(Seed(9)))
    assert not frame_of(slow, qtbot, picture).coarse
