import io

from environment.progress import ProgressLine


class Screen(io.StringIO):
    """A terminal of 60 columns."""

    encoding = "utf-8"

    def isatty(self):
        return True


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def shown(stream):
    """What each drawing of the line said."""
    return [part.strip() for part in stream.getvalue().split("\r") if part.strip()]


def test_a_terminal_gets_one_line_rewritten_in_place():
    screen, clock = Screen(), Clock()
    line = ProgressLine(screen, clock, width=lambda: 80)
    line.step(2, 5, "packages")
    clock.now = 3.2
    line.detail("7 of 30, numpy")
    line.close()
    assert shown(screen) == [
        "Setting up LatentStudio, step 2 of 5: packages · 0 s",
        "Setting up LatentStudio, step 2 of 5: packages, 7 of 30, numpy · 3 s",
    ]
    assert screen.getvalue().count("\n") == 1


def test_the_line_never_wraps_and_wipes_what_was_longer():
    screen, clock = Screen(), Clock()
    line = ProgressLine(screen, clock, width=lambda: 40)
    line.step(1, 5, "a very long title " * 4)
    clock.now = 1
    line.step(2, 5, "b")
    assert {len(part) for part in screen.getvalue().split("\r")[1:]} == {39}


def test_drawing_is_limited():
    screen, clock = Screen(), Clock()
    line = ProgressLine(screen, clock)
    line.step(1, 1, "torch")
    for number in range(100):
        clock.now = number / 1000
        line.detail(str(number))
    assert len(shown(screen)) == 1


def test_elsewhere_there_are_plain_lines_now_and_then():
    stream, clock = io.StringIO(), Clock()
    line = ProgressLine(stream, clock)
    line.step(1, 2, "torch")
    for number in range(40):
        clock.now = float(number)
        line.detail("unpacking")
    line.close("Done")
    assert stream.getvalue().splitlines() == [
        "Setting up LatentStudio, step 1 of 2: torch · 0 s",
        "Setting up LatentStudio, step 1 of 2: torch, unpacking · 15 s",
        "Setting up LatentStudio, step 1 of 2: torch, unpacking · 30 s",
        "Done (39 s)",
    ]
    assert "\r" not in stream.getvalue()


def test_a_note_stays_on_a_line_of_its_own():
    screen = Screen()
    line = ProgressLine(screen, Clock())
    line.step(1, 1, "torch")
    line.note("Waiting.")
    line.close()
    assert screen.getvalue().endswith("\nWaiting.\n")


def test_a_terminal_without_unicode_is_no_trouble():
    raw = io.BytesIO()
    line = ProgressLine(io.TextIOWrapper(raw, encoding="ascii"), Clock())
    line.step(1, 1, "torch")
    assert b"torch ? 0 s" in raw.getvalue()
