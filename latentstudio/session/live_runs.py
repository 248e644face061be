"""The runs that are at work on the open model: started, saved, stopped, discarded by key."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.document.run_info import RunInfo
from latentstudio.session import library
from latentstudio.session.directions import Directions
from latentstudio.session.live_search import LiveSearch
from latentstudio.session.low_priority import at_low_priority
from latentstudio.session.opening import OpenModel
from latentstudio.session.probing import probe
from latentstudio.session.runs import LiveRun
from latentstudio.store import run_files


@dataclass(frozen=True, slots=True, eq=False)
class LiveRuns:
    """Runs at work on the studio's open model.

    Args:
        opened: Gives the model.
        directions: Gets what they find.
        report: Told, in a sentence, of things a person should hear once.
    """

    opened: Callable[[], OpenModel]
    directions: Directions
    report: Callable[[str], None]
    _runs: dict[str, LiveRun | LiveSearch] = field(default_factory=dict)

    def run(
        self, run: RunInfo, used: Callable[[], frozenset[str]] = frozenset
    ) -> Job[DirectionSet]:
        """Start a run, or go on with one that was paused; see `LiveRun.go`.

        Args:
            run: Which.
            used: Gives ids of directions that the document needs: a search that drops a double
                leaves those.

        Yields:
            Steps with `RunNews` whose `found` is all that is known of the model by now.
        """
        model = self.opened()
        live = self._runs[run.key] = self._live(model, run)
        add = partial(self._take_search, model, run.key, used) if run.is_search else None
        try:
            found = yield from self.directions.adding(model, at_low_priority(live.go()), add)
        finally:
            self._runs.pop(run.key, None)
        return found

    def probe(self) -> Job[None]:
        """Measure how long methods that were never run here take; see `probing.probe`."""
        model = self.opened()
        straight = tuple(model.renderer.directions.values())
        return at_low_priority(probe(model.generator, straight, model.picture_seconds))

    def _live(self, model: OpenModel, run: RunInfo) -> LiveRun | LiveSearch:
        if run.is_search:
            return LiveSearch(model.generator, run, self.report)
        direction = model.renderer.directions.get(run.of)
        return LiveRun(model.generator, run, self.report, direction)

    def _take_search(
        self, model: OpenModel, key: str, used: Callable[[], frozenset[str]], found: DirectionSet
    ) -> DirectionSet:
        """What a search has found in the place of what it had found before, in its order."""
        new = {one.id for one in found.directions}
        needed = used()
        known = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        left = [
            one
            for one in known.directions
            if one.id not in new and (one.provenance.run != key or one.id in needed)
        ]
        model.found = replace(known, directions=tuple(left))
        return self.directions.add(model, found)

    def save(self, key: str) -> Job[None]:
        """Put the state of a run on the disk now, between two of its steps."""
        if key in self._runs:
            self._runs[key].save()
        return
        yield

    def stop(self, key: str) -> Job[None]:
        """Let a run end before its next step, keeping what it found."""
        if key in self._runs:
            self._runs[key].stop()
        return
        yield

    def discard(self, key: str, used: frozenset[str] = frozenset()) -> Job[DirectionSet]:
        """Delete a run, and give the directions that are left: those in use among its own, too."""
        model = self.opened()
        live = self._runs.get(key)
        if live is not None:
            live.discard()
        elif run_files.is_taken(model.generator.info.fingerprint, key):
            raise OptionError("This run is at work in another window. Discard it there.")
        run_files.forget(model.generator.info.fingerprint, key)
        found = model.found or DirectionSet(ModelKey.of(model.generator.info), ())
        left = tuple(d for d in found.directions if d.provenance.run != key or d.id in used)
        model.found = replace(found, directions=left)
        model.renderer.directions = library.by_id(model.found)
        return model.found
        yield
