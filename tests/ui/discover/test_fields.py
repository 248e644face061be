"""What an option's values are called."""

import pytest

from latentstudio.core.options import describe
from latentstudio.discovery.registry import METHODS
from latentstudio.region import registry as regions
from latentstudio.ui.discover.fields import value_words

CHOICES = sorted(
    {
        str(choice)
        for method in (*METHODS.values(), *regions.METHODS.values())
        for info in describe(method.options)
        for choice in info.choices or ()
    }
)


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_has_words_of_its_own(choice):
    """What the command line calls ``purest`` an artist reads as a label."""
    assert value_words(choice) != choice
    assert value_words(choice)[0].isupper()
