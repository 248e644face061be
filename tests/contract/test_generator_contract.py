"""Every family keeps what `engine.generator` promises; see `plugin_host.contract`."""

import pytest

from latentstudio.plugin_host.contract import CHECKS, Case
from tests.contract.generators import MODELS, open_model


@pytest.fixture(scope="module", params=sorted(MODELS))
def case(request):
    return Case(open_model(request.param), lambda: open_model(request.param))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(case, check):
    check(case)
