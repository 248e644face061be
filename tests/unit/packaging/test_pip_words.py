import pytest
from environment.pip_words import PipWords


def after(lines, wanted=30, counts=(0,)):
    numbers = iter(counts)
    words = PipWords(wanted, lambda: next(numbers))
    kept = [words.hear(line) for line in lines]
    return words, kept


def test_before_the_first_line():
    assert str(PipWords(30, lambda: 0)) == "looking for packages"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Collecting numpy==2.4.6", "1 of 30, numpy"),
        ("Collecting torch==2.13.0+cpu (from x)", "1 of 30, torch"),
        ("Processing /wheels/torch-2.13.0+cpu-cp311-linux.whl", "1 of 30, torch"),
        ("Processing c:\\wheels\\numpy-2.4.6-cp311-win.whl", "1 of 30, numpy"),
        ("Collecting filelock (from torch==2.13.0)", "1 of 30, filelock"),
    ],
)
def test_names_the_package(line, words):
    assert str(after([line + "\n"])[0]) == words


def test_counts_and_shows_the_download():
    words, kept = after(["Collecting a==1", "Collecting b==1", "Progress 120500000 of 915000000"])
    assert str(words) == "2 of 30, b, 120 of 915 MB"
    assert kept == [True, True, False]


def test_a_download_of_unknown_size():
    assert str(after(["Collecting b==1", "Progress 5000000"], wanted=1)[0]) == "b, 5 MB"


def test_an_odd_line_is_harmless():
    assert str(after(["Collecting b==1", "Progress x of y", ""], wanted=1)[0]) == "b"


def test_unpacking_is_counted_in_the_folder():
    words, _ = after(["Installing collected packages: a, b, c"], counts=(4, 6, 99))
    assert words.installing
    assert str(words) == "unpacking 2 of 3"
    assert str(words) == "unpacking 3 of 3"
