"""A grid is drawn behind everything else, and only the newest one."""

import numpy as np
import pytest

from latentstudio.document.start import Seed
from latentstudio.document.state import Picture
from latentstudio.document.variations import Variations
from latentstudio.session.variation_messages import Planned
from latentstudio.workers.studio_client import StudioClient

WAIT = 60_000


@pytest.fixture
def client(qapp, qtbot):
    made = StudioClient()
    made.order = []
    made.variations.planned.connect(lambda plan: made.order.append(plan))
    made.variations.tile_ready.connect(lambda tile: made.order.append(tile))
    made.variations.finished.connect(lambda: made.order.append("grid"))
    made.previews.frame_ready.connect(lambda frame: made.order.append(frame.picture))
    made.start()
    with qtbot.waitSignal(made.previews.reference_ready, timeout=WAIT):
        made.models.open_model("portraits")
    yield made
    made.close()


def grid(seed, draw):
    return Variations(Picture(Seed(seed)), "random", 9, 7, size=0.3, seed=draw)


def test_pictures_come_first_and_old_grids_are_not_drawn(client, qtbot):
    old, new, picture = grid(1, 1), grid(2, 2), Picture(Seed(5))
    client.variations.want_grid(old, 32)
    qtbot.waitUntil(lambda: len(client.order) > 3, timeout=WAIT)
    client.variations.want_grid(new, 32)
    client.previews.show(picture)
    qtbot.waitUntil(lambda: "grid" in client.order, timeout=WAIT)
    order = client.order
    tiles = [one for one in order if hasattr(one, "cell")]
    drawn = [tile.cell for tile in tiles if tile.asked is new]
    assert sorted(drawn) == list(range(63))
    assert drawn[0] == new.middle
    assert len([tile for tile in tiles if tile.asked is old]) < 63
    assert order.index(picture) < len(order) - 50  # before most of the new grid
    plan = next(one for one in order if isinstance(one, Planned) and one.asked is new)
    known = {0, 31}
    client.order.clear()
    client.variations.want_grid(new, 64, known)
    qtbot.waitUntil(lambda: "grid" in client.order, timeout=WAIT)
    again, *tiles, _ = client.order
    assert again.pictures == plan.pictures  # the same seed is the same draw
    assert len(tiles) == 61
    taken = tiles[5]
    with qtbot.waitSignal(client.previews.frame_ready, timeout=WAIT) as shown:
        client.previews.show(plan.pictures[taken.cell])
    assert np.array_equal(shown.args[0].pixels, taken.pixels)  # what is taken is what was seen
