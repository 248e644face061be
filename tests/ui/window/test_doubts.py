"""What looks wrong with a model is said when it opens."""

from dataclasses import replace

from tests.ui.fakes import summary


def test_warnings_come_once_as_a_notice(window, client):
    told = summary()
    told = replace(told, info=replace(told.info, warnings=("Probably wrong.",)))
    client.model_opened.emit(told)
    assert [(t.kind, t.text) for t in window.toasts.toasts][-1] == ("warn", "Probably wrong.")
    count = len(window.toasts.toasts)
    client.model_opened.emit(replace(told, again=True))
    assert len(window.toasts.toasts) == count
