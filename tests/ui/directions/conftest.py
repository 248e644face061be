"""A left column with a model open and nothing asked yet."""

import pytest

from latentstudio.ui.directions.column import DirectionsColumn
from tests.ui import fakes


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
