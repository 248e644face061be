"""Time that a test turns by hand: a hand that rests for 150 ms does so on any machine."""

from PySide6.QtCore import QObject, Signal


class Clock:
    """Stands in for a module's timers."""

    def __init__(self, monkeypatch, module):
        self.now = 0
        self._timers = []
        monkeypatch.setattr(module, "timer", self._timer)
        monkeypatch.setattr(module, "QElapsedTimer", lambda: Elapsed(self))

    def _timer(self, parent, milliseconds, run):
        self._timers.append(Timer(self, parent, milliseconds, run))
        return self._timers[-1]

    def turn(self, milliseconds):
        """Let time pass; timers go off in their order."""
        end = self.now + milliseconds
        while due := [one for one in self._timers if one.isActive() and one.due <= end]:
            first = min(due, key=lambda one: one.due)
            self.now = max(self.now, first.due)
            first.due = None
            first.timeout.emit()
        self.now = end


class Timer(QObject):
    """What is used of a timer of `ui.widgets.timers`."""

    timeout = Signal()

    def __init__(self, clock, parent, milliseconds, run):
        super().__init__(parent)
        self._clock, self._interval = clock, milliseconds
        self.due = None
        self.timeout.connect(run)

    def start(self, interval=None):
        self._interval = self._interval if interval is None else interval
        self.due = self._clock.now + self._interval

    def isActive(self):
        return self.due is not None


class Elapsed:
    """What is used of a `QElapsedTimer`."""

    def __init__(self, clock):
        self._clock, self._began = clock, None

    def start(self):
        self._began = self._clock.now

    def invalidate(self):
        self._began = None

    def isValid(self):
        return self._began is not None

    def elapsed(self):
        return self._clock.now - self._began
