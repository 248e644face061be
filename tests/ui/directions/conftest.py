"""A left column with a model open and nothing asked yet."""

import pytest

from latentstudio.ui.directions import requests
from latentstudio.ui.directions.column import DirectionsColumn
from tests.ui import fakes
from tests.ui.clock import Clock


@pytest.fixture
def clock(monkeypatch):
    """What decides when the engine is asked; for tests that take it before the column."""
    return Clock(monkeypatch, requests)


@pytest.fixture
def column(exposed, history, client):
    return exposed(DirectionsColumn(history, client), 344, 803)


@pytest.fixture
def found(column, client):
    """The column with ten directions."""
    client.model_opened.emit(fakes.summary())
    client.directions_ready.emit(fakes.direction_set(sefa=6, ganspace=4))
    client.reference_ready.emit(fakes.curve())
    return column
