"""Which model a start opens."""

from latentstudio.app.main import FIRST_PICTURE, _document, with_first_model
from latentstudio.core import settings
from latentstudio.generators.builtin import LARGER


def test_a_new_home_begins_with_the_larger_portraits_and_a_clear_face():
    assert with_first_model(()) == (LARGER,)
    assert with_first_model(("a.lpreset",)) == (LARGER, "a.lpreset")
    history, about = _document((LARGER,), "portraits")
    assert history.document.model == LARGER
    assert history.document.picture.start == FIRST_PICTURE
    assert about == ""


def test_a_model_or_a_project_is_opened_as_asked():
    assert with_first_model(("mine.pkl",)) == ("mine.pkl",)
    assert with_first_model(("work.lstudio", "a.lpreset")) == ("work.lstudio", "a.lpreset")


def test_a_home_that_was_used_goes_on_as_it_was():
    settings.settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings.settings_path().write_text("{}", encoding="utf-8")
    assert with_first_model(()) == ()
    history, _ = _document((), "portraits")
    assert history.document.picture.start.seed == 0
