"""Seeds as people write them: ``0-7,42``."""

from latentstudio.core.errors import OptionError

MAX_SEED = 2**32 - 1
MAX_COUNT = 100_000


def parse_seeds(text: str) -> list[int]:
    """Read a list of seeds and ranges, both ends included, order kept.

    Args:
        text: For example ``0-7,42``. Each seed is 0 to 4,294,967,295 (NumPy's range).

    Raises:
        OptionError: Not numbers, out of range, or more than 100,000 of them.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise OptionError(f"'{text}' is not a list of seeds. Write numbers such as 0-7,42.")
        low, high = int(first), int(last) if dash else int(first)
        if low > high or high > MAX_SEED:
            raise OptionError(f"'{part.strip()}' isn't a range of seeds from 0 to {MAX_SEED}.")
        if len(seeds) + high - low + 1 > MAX_COUNT:
            raise OptionError(f"'{text}' names more than {MAX_COUNT:,} seeds. Ask for fewer.")
        seeds.extend(range(low, high + 1))
    return seeds
