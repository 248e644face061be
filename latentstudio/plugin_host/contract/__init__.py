"""What every generator promises (`engine.generator`), as checks that name what fails.

Our own tests run them over the core's families and the shipped plugins, ``plugins check`` over
anybody's.
"""

from collections.abc import Callable

from latentstudio.plugin_host.contract import abilities, basics
from latentstudio.plugin_host.contract.case import Case, ContractError

__all__ = ["CHECKS", "Case", "ContractError", "failures"]

Check = Callable[[Case], None]

CHECKS: tuple[Check, ...] = (*basics.CHECKS, *abilities.CHECKS)


def title(check: Check) -> str:
    """A check in words: the first line of its docstring, without the full stop."""
    return (check.__doc__ or check.__name__).splitlines()[0].rstrip(".")


def failures(case: Case, check: Check) -> str:
    """Why a check fails, in one line; empty where it holds."""
    try:
        check(case)
    except ContractError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is printed
        text = " ".join(str(error).split())
        return f"{type(error).__name__}: {text[:300]}"
    return ""
