import pytest

from latentstudio.engine.warmup import warm_up_derivatives


@pytest.fixture(scope="session", autouse=True)
def derivatives():
    warm_up_derivatives()
