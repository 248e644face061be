"""The slow path: brings the environment to what the plan says, step by step."""

import contextlib
import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator

from . import commands, failures, machine, plan, repair, start
from .layout import Layout
from .lock import Lock
from .pip_words import PipWords
from .progress import ProgressLine
from .stamp import Stamp

PIP = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
Runner = Callable[..., tuple[int, str]]


def run(layout: Layout, dev: bool, line: ProgressLine | None = None) -> None:
    """Does what is missing; raises SetUpError for what the user can mend."""
    check_python(importlib.util.find_spec)
    line = line or ProgressLine()
    layout.folder.mkdir(exist_ok=True)
    with (
        contextlib.closing(line),
        Lock(layout.lock, lambda: line.note(WAITING)) as lock,
    ):
        if SetUp(layout, line, lock.number).run(dev):
            line.close("LatentStudio is set up")


WAITING = "Another set-up is at work in this folder: waiting for it."


def check_python(find: Callable[[str], object]) -> None:
    """Debian packs venv's other half separately; say so before anything is begun."""
    if find("venv") and find("ensurepip"):
        return
    apt = sys.platform == "linux" and shutil.which("apt")
    command = "sudo apt install python3-venv" if apt else "install Python with venv and ensurepip"
    raise failures.SetUpError(failures.NO_VENV.format(command=command))


class SetUp:
    """One set-up of one clone, with the lock already held."""

    def __init__(
        self, layout: Layout, line: ProgressLine, lock: int, runner: Runner = commands.run
    ) -> None:
        self.layout, self.line, self.lock, self.runner = layout, line, lock, runner
        self.stamp = Stamp.read(layout.stamp)
        self.words = PipWords(0, lambda: 0)

    def run(self, dev: bool) -> bool:
        """True if there was anything to do (another set-up may have done it meanwhile)."""
        if repair.is_broken(self.layout, self.stamp):
            repair.empty(self.layout)
            self.stamp.clear()
        build = self._look_at_machine()
        todo = start.missing(self.layout, self.stamp, dev)
        for number, step in enumerate(todo, 1):
            self.line.step(number, len(todo), step.title)
            with self._recorded(step):
                self._do(step.name, build)
        return bool(todo)

    def _look_at_machine(self) -> machine.TorchBuild:
        pin = plan.torch_pin(self.layout)
        build = plan.build_for(pin, machine.nvidia_driver())
        self.stamp.hint, self.stamp.build = machine.hint(), build.name
        self.stamp.write()
        return build

    @contextlib.contextmanager
    def _recorded(self, step: plan.Step) -> Iterator[None]:
        """A step that was cut off before it changed anything leaves nothing to repair."""
        self.moved_from = self.stamp.done.get("place", "")
        self.words = PipWords(0, lambda: 0)
        self.stamp.begin(step.name)
        try:
            yield
        except BaseException:
            if step.name != "python" and not self.words.installing:
                self.stamp.untouched()
            raise
        key = self.layout.interpreter() if step.name == "python" else step.key
        self.stamp.finish(step.name, key)

    def _do(self, name: str, build: machine.TorchBuild) -> None:
        if name == "python":
            self._venv()
        elif name == "packages":
            self._packages()
        elif name == "torch":
            self._torch(build)
        elif name == "dev":
            self._pip("test tools", ["--no-deps", *plan.pins(self.layout.dev_pins)])
        elif name == "project":
            editable = ["--no-deps", "--no-build-isolation", "-e", str(self.layout.root)]
            self._pip("LatentStudio itself", editable)
        elif self.moved_from not in ("", str(self.layout.root)):
            self._venv("--without-pip")
            repair.rewrite_scripts(self.layout, self.moved_from)

    def _venv(self, *options: str) -> None:
        """Made by the running Python, or by the one behind it if that is an environment's."""
        base = getattr(sys, "_base_executable", None) or sys.executable
        command = [base, "-m", "venv", *options, str(self.layout.folder)]
        self._run("environment", command)

    def _packages(self) -> None:
        """Brings pip itself first, because what follows relies on that version's options."""
        pins = plan.pins(self.layout.runtime_pins)
        own = [pin for pin in pins if plan.name_of(pin) == "pip"]
        rest = [pin for pin in pins if plan.name_of(pin) not in ("pip", "torch")]
        self._pip("packages", own)
        self._pip("packages", ["--no-deps", "--progress-bar", "raw", *rest])

    def _torch(self, build: machine.TorchBuild) -> None:
        common = ["--progress-bar", "raw", "-c", str(self.layout.runtime_pins)]
        for number, way in enumerate(build.ways, 1):
            last = number == len(build.ways)
            try:
                self._pip("torch", [*common, *([] if last else ["--retries", "1"]), *way])
            except failures.CommandFailedError as error:
                if last or error.cause not in ("network", "no build"):
                    raise
                continue
            if last and build.name.startswith("cuda"):
                self.line.note(NO_GPU_BUILD)
            return

    def _pip(self, title: str, arguments: list[str]) -> None:
        wanted = sum("==" in argument for argument in arguments)
        self.words = PipWords(wanted, lambda: len(self.layout.installed()))
        self._run(title, [str(self.layout.python), *PIP, *arguments])

    def _run(self, title: str, command: list[str]) -> None:
        def tick() -> None:
            self.line.detail(str(self.words) if "pip" in command else "")

        status, output = self.runner(command, self.layout.log, self.words.hear, tick, (self.lock,))
        if status:
            raise failures.explain(title, output, self.layout.folder, described(), self.layout.log)


NO_GPU_BUILD = (
    "No build of torch for the graphics card could be had, so the processor does the work: "
    "delete the folder .venv and start again to try once more."
)


def described() -> str:
    """Linux x86_64, Python 3.15."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{platform.system()} {platform.machine()}, Python {version}"
