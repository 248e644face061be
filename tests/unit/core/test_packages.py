"""What is said where an optional package is missing."""

import sys

from latentstudio.core.packages import missing_package


def test_one_package_and_several():
    assert missing_package("Logs need", "alpha") == (
        "Logs need the package alpha, which is not installed. "
        f'Install it with: "{sys.executable}" -m pip install alpha'
    )
    assert missing_package("The plugin X needs", "alpha", "beta") == (
        "The plugin X needs the packages alpha and beta, which are not all installed. "
        f'Install them with: "{sys.executable}" -m pip install alpha beta'
    )
