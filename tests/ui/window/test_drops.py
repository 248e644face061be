"""Files that are dragged onto the window, by the events that the system sends."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from tests.ui.fakes import summary


def mime(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def hang(window, data, over=None, kind=QDragEnterEvent):
    """A drag event as the system sends it, over the middle of a part of the window."""
    part = over or window.canvas.view.viewport()
    place = part.mapTo(window, part.rect().center())
    event = kind(
        QPointF(place) if kind is QDropEvent else place,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setDropAction(Qt.DropAction.MoveAction)
    event.ignore()
    QApplication.sendEvent(window.windowHandle(), event)
    return event


def drop(window, *paths, over=None):
    """Drag files in from another program and let go."""
    data = mime(*paths)
    hang(window, data, over)
    return hang(window, data, over, QDropEvent)


def test_a_file_dragged_over_the_window_is_named_and_opened(window, client):
    data = mime("/models/harry_ffhq_64.pth")
    hang(window, data)
    assert window.canvas.empty.isVisible()
    assert window.canvas.empty._title.text() == "Drop to open “harry_ffhq_64.pth”"
    QApplication.sendEvent(window.windowHandle(), QDragLeaveEvent())
    assert not window.canvas.empty.isVisible()
    assert client.opened == []
    hang(window, data)
    hang(window, data, kind=QDropEvent)
    assert not window.canvas.empty.isVisible()
    assert client.opened == ["/models/harry_ffhq_64.pth"]


def test_a_file_can_be_dropped_on_every_part_and_stays_where_it_was(window, client):
    """Views and text fields take drags themselves, and a drag may propose to move the file."""
    field, plot = window.left.panel.search, window.side.findChild(QGraphicsView).viewport()
    for over in (window.canvas.view.viewport(), field, plot, window.tools, window.strip):
        entered = hang(window, mime("/models/a.pth"), over)
        dropped = hang(window, mime("/models/a.pth"), over, QDropEvent)
        for event in (entered, dropped):
            assert event.isAccepted()
            assert event.dropAction() is Qt.DropAction.CopyAction
        assert client.opened == ["/models/a.pth"], over
        client.opened.clear()
    assert field.text() == ""


def test_text_can_still_be_dragged_into_a_field(window, client):
    data, field = QMimeData(), window.left.panel.search
    data.setText("smile")
    hang(window, data, field)
    assert not window.canvas.empty.isVisible()
    hang(window, data, field, QDropEvent)
    assert field.text() == "smile"
    assert client.opened == []


def test_directions_that_are_dropped_go_to_the_open_model(window, client, tmp_path):
    preset, folder = tmp_path / "mine.lpreset", tmp_path / "experiment"
    preset.write_bytes(b"x")
    (folder / "models").mkdir(parents=True)
    for file in ("args.json", "models/support_sets.pt"):
        (folder / file).write_bytes(b"x")
    arrays = [tmp_path / "smile.npy", tmp_path / "pca.NPZ"]
    for array in arrays:
        array.write_bytes(b"x")
    for path in (preset, folder, *arrays):
        drop(window, str(path))
        assert client.asked[-1] == ("import", str(path))
    assert client.opened == []


@pytest.mark.parametrize("ending", ["pt", "pth", "safetensors", "pkl"])
def test_what_may_be_either_is_looked_into_first(window, client, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"x")
    drop(window, str(path))
    assert client.asked[-1] == ("kind", str(path))
    client.kind_told.emit(str(path), True)
    assert client.asked[-1] == ("import", str(path))
    assert client.opened == []
    drop(window, str(path))
    client.kind_told.emit(str(path), False)
    assert client.opened == [str(path)]


def test_a_large_file_is_a_model_without_being_read(window, client, tmp_path):
    path = tmp_path / "network.pkl"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)  # sparse
    drop(window, str(path))
    assert client.opened == [str(path)]


def test_several_files_are_counted_and_all_taken(window, client, tmp_path):
    paths = [str(tmp_path / name) for name in ("a.npy", "b.npz", "c.pt")]
    for path in paths:
        Path(path).write_bytes(b"x")
    hang(window, mime(*paths))
    assert window.canvas.empty._title.text() == "Drop to open 3 files"
    hang(window, mime(*paths), kind=QDropEvent)
    assert client.asked[-1] == ("kind", paths[2])
    client.kind_told.emit(paths[2], True)
    assert client.asked[-3:] == [("import", path) for path in paths]


def test_a_model_dropped_with_others_opens_before_what_is_for_it(window, client, tmp_path):
    paths = [
        str(tmp_path / name) for name in ("smile.npy", "me.png", "you.png", "a.onnx", "b.onnx")
    ]
    for path in paths:
        Path(path).write_bytes(b"x")
    drop(window, *paths)
    assert client.opened == [paths[3]]
    assert [toast.text for toast in window.toasts.toasts] == [
        "Of 2 models only a.onnx is opened: one is open at a time.",
        "Of 2 pictures only me.png is opened: one is open at a time.",
    ]
    assert ("import", paths[0]) not in client.asked
    client.model_opened.emit(summary())
    assert client.asked[-1] == ("import", paths[0])
    opened = [asked for asked in client.photos.asked if asked[0] == "open"]
    assert opened == [("open", paths[1])]
    client.model_opened.emit(summary())
    assert client.asked.count(("import", paths[0])) == 1


def test_what_came_with_a_model_that_fails_is_named(window, client, tmp_path):
    (tmp_path / "smile.npy").write_bytes(b"x")
    drop(window, str(tmp_path / "smile.npy"), "/models/a.onnx")
    client.model_failed.emit("/models/a.onnx", "It is damaged.")
    texts = [toast.text for toast in window.toasts.toasts]
    assert "Not opened, since the model for it was not: smile.npy." in texts
    client.model_opened.emit(summary())
    assert ("import", str(tmp_path / "smile.npy")) not in client.asked


def test_what_brings_no_file_is_not_taken(window, client):
    page = QMimeData()
    page.setUrls([QUrl("https://example.org/a.pth")])
    for data in (page, QMimeData()):
        assert not hang(window, data).isAccepted()
        hang(window, data, kind=QDropEvent)
    assert client.opened == []
