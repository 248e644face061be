"""Optional Python packages, and what a person is told where one is missing."""

import sys


def missing_package(who: str, *packages: str) -> str:
    """What to say where packages aren't installed, and the command that installs them.

    Args:
        who: Who asks, with its verb: ``Logs for TensorBoard need``.
        packages: Names as package managers know them, at least one.
    """
    named = " and ".join(packages)
    if len(packages) == 1:
        said, them = f"the package {named}, which is not installed", "it"
    else:
        said, them = f"the packages {named}, which are not all installed", "them"
    command = f'"{sys.executable}" -m pip install {" ".join(packages)}'
    return f"{who} {said}. Install {them} with: {command}"
