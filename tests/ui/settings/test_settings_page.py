"""The page of settings: made of the declarations, applied at once, kept, reset."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from latentstudio.core import settings as store
from latentstudio.core.setting import declared
from latentstudio.core.settings import Settings
from latentstudio.ui.settings.page import SettingParts, SettingsPage
from latentstudio.ui.window.preferences import Preferences


@pytest.fixture
def preferences(look):
    made = Preferences(Settings(), lambda _: None)
    yield made
    made.change(theme="dark", text_scale=100, reduce_motion=False)


@pytest.fixture
def page(preferences, exposed):
    owner = QWidget()
    heard = []
    parts = SettingParts(
        listed={"device": lambda: [("auto", "Automatic"), ("cuda", "A card")]},
        setters={"device": heard.append},
        open_keys=lambda: heard.append("keys"),
    )
    made = exposed(SettingsPage(preferences, parts, owner), 700, 600)
    made.heard, made.owner = heard, owner
    return made


def row(page, name):
    return next(one for one in page.rows if one.info.option.name == name)


def test_every_declared_setting_has_a_row(page):
    assert [r.info.option.name for r in page.rows] == [d.option.name for d in declared(Settings)]


def test_a_change_applies_at_once_and_is_kept(page, preferences, look):
    theme = row(page, "theme").field
    assert [theme.box.itemText(n) for n in range(3)] == ["Dark", "Light", "As the system"]
    theme.box.setCurrentIndex(1)
    theme.box.activated.emit(1)
    assert (preferences.now.theme, look.choice, store.load()[0].theme) == ("light",) * 3
    field = row(page, "text_scale").field.field
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "125")
    field._commit()
    assert store.load()[0].text_scale == 125
    assert store.load()[0].theme == "light"


def test_a_wrong_number_changes_nothing(page, preferences):
    field = row(page, "text_scale").field.field
    field.edit.setText("400")
    field._commit()
    assert field.wrong
    assert preferences.now.text_scale == 100


def test_a_setting_that_others_apply_goes_through_them(page, preferences):
    device = row(page, "device").field
    device.box.setCurrentIndex(device.box.findData("cuda"))
    device.box.activated.emit(0)
    assert (page.heard, preferences.now.device) == (["cuda"], "cuda")


def test_search_finds_titles_and_sentences(page):
    page.search.setText("pixel")
    assert [r.info.option.name for r in page.rows if r.isVisible()] == ["smooth"]
    page.search.setText("")
    assert all(r.isVisible() for r in page.rows)


def test_one_is_reset_and_all_are(page, preferences):
    preferences.change(reduce_motion=True, autosave=3, recent_models=("a",))
    motion = row(page, "reduce_motion")
    assert motion.field.value is True
    motion._reset.click()
    assert (preferences.now.reduce_motion, preferences.now.autosave) == (False, 3)
    assert not motion._reset.isVisible()
    page.reset_all()
    assert preferences.now == Settings(recent_models=("a",))


def test_two_studios_keep_each_others_choices(preferences):
    other = Preferences(Settings(), lambda _: None)
    preferences.set_keys("seed", ("Shift+R",))
    other.set_keys("fit", ("F",))
    other.change(smooth=False)
    preferences.change(autosave=2)
    kept = store.load()[0]
    assert kept.keys == {"seed": ("Shift+R",), "fit": ("F",)}
    assert (kept.smooth, kept.autosave) == (False, 2)
