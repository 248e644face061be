"""The page of models: what is here, what can be had, and its buttons."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from latentstudio.generators.builtin import find_model, models_dir
from latentstudio.store.model_facts import keep_facts
from latentstudio.ui.library.models import ModelsPage
from tests.ui.fakes import FakeLibrary, card_facts, summary


@pytest.fixture
def page(qtbot, look, qapp):
    client = FakeLibrary()
    recent = []
    made = ModelsPage(client, lambda: tuple(recent), None)
    made.client, made.recent = client, recent
    qtbot.addWidget(made)
    made.refresh()
    made.show()
    return made


def button(row, text):
    (found,) = [one for one in row.findChildren(QPushButton) if one.text() == text]
    return found


def test_a_model_that_was_open_shows_its_picture_and_kind(page):
    assert "not opened yet" in page.rows["portraits"].facts.text
    keep_facts(find_model("portraits"), *card_facts(summary()))
    page.refresh()
    size = find_model("portraits").stat().st_size / 1e6
    assert (
        page.rows["portraits"].facts.text == f"StyleGAN2 · 64\u00a0×\u00a064 · {size:.1f}\u00a0MB"
    )


def test_another_file_under_the_same_name_is_not_taken_for_the_old_one(page):
    models_dir().mkdir(parents=True)
    path = models_dir() / "mine.pt"
    path.write_bytes(b"one")
    keep_facts(path, *card_facts(summary()))
    page.refresh()
    assert page.rows["mine"].facts.text.startswith("StyleGAN2")
    path.write_bytes(b"another")
    page.refresh()
    assert page.rows["mine"].facts.text.startswith("not opened yet")


def test_double_click_enter_and_button_open(page, qtbot):
    row = page.rows["portraits"]
    for act in (
        lambda: qtbot.mouseDClick(row, Qt.MouseButton.LeftButton),
        lambda: qtbot.keyClick(row, Qt.Key.Key_Return),
        lambda: qtbot.mouseClick(button(row, "Open"), Qt.MouseButton.LeftButton),
    ):
        with qtbot.waitSignal(page.open_asked) as asked:
            act()
        assert asked.args == ["portraits"]


def test_a_recent_file_is_listed_and_one_that_has_gone_says_so(page, tmp_path, qtbot):
    there = tmp_path / "there.pkl"
    there.write_bytes(b"1234")
    gone = tmp_path / "gone.pkl"
    page.recent[:] = [str(there), str(gone), "portraits"]
    page.refresh()
    assert page.rows[str(there)].title.text == "there"
    assert page.rows[str(gone)].facts.text == "The file is not there any more"
    assert not button(page.rows[str(gone)], "Open").isEnabled()
    with qtbot.assertNotEmitted(page.open_asked):
        qtbot.mouseDClick(page.rows[str(gone)], Qt.MouseButton.LeftButton)
    assert list(page.rows).count("portraits") == 1


def test_installing_asks_first_and_shows_how_far_it_is(page, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(page, "may_install", lambda entry: bool(asked.append(entry)))
    install = button(page.rows["gan-face-generate"], "Install")
    qtbot.mouseClick(install, Qt.MouseButton.LeftButton)
    assert [entry.licence for entry in asked] == ["MIT"]
    assert page.client.asked == []
    monkeypatch.setattr(page, "may_install", lambda entry: True)
    qtbot.mouseClick(install, Qt.MouseButton.LeftButton)
    assert page.client.asked == [("install", "gan-face-generate")]
    page.client.installing = ("gan-face-generate",)
    page.client.progressed.emit("gan-face-generate", 0.4)
    assert page.rows["gan-face-generate"].bar.isVisible()
    assert page.rows["gan-face-generate"].bar.value() == 400
    assert install.text() == "Cancel"
    qtbot.mouseClick(install, Qt.MouseButton.LeftButton)
    assert page.client.asked[-1] == ("cancel_install", "gan-face-generate")
    page.client.installing = ()
    page.client.install_failed.emit("gan-face-generate", "")
    assert button(page.rows["gan-face-generate"], "Install").isVisible()
    assert not page.rows["gan-face-generate"].bar.isVisible()


def test_an_installed_model_moves_up_and_can_be_opened(page, qtbot):
    models_dir().mkdir(parents=True)
    (models_dir() / "gan-face-generate.tar").write_bytes(b"weights")
    page.client.installed.emit("gan-face-generate")
    row = page.rows["gan-face-generate"]
    assert row.title.text == "Faces 64"
    assert row.facts.text.startswith("DCGAN · 64\u00a0×\u00a064")
    with qtbot.waitSignal(page.open_asked) as asked:
        qtbot.mouseClick(button(row, "Open"), Qt.MouseButton.LeftButton)
    assert asked.args == ["gan-face-generate"]


def test_pages_open_in_the_browser_with_author_and_licence_in_sight(page, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    row = page.rows["biggan-deep"]
    assert "MIT for the code" in row.accessibleDescription()
    qtbot.mouseClick(button(row, "Page"), Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(row, Qt.MouseButton.LeftButton)
    assert opened == ["https://github.com/huggingface/pytorch-pretrained-BigGAN"] * 2
    qtbot.mouseClick(button(page, "Models folder"), Qt.MouseButton.LeftButton)
    assert Path(opened[-1].removeprefix("file://")) == models_dir()
    assert models_dir().is_dir()
