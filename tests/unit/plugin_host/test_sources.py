"""What runs of a plugin is what was allowed: its sources, never bytecode beside them."""

import importlib
import importlib.util
import marshal
import os
import sys
from pathlib import Path

import pytest

from latentstudio.core.errors import PluginError
from latentstudio.core.progress import run
from latentstudio.generators.table import families
from latentstudio.plugin_host import consent
from latentstudio.plugin_host.host import PluginHost
from tests.unit.plugin_host.conftest import ACTIVATE
from tests.unit.plugin_host.test_host import problem, state

LABELLED = "from . import part\n" + ACTIVATE.replace('"Family of {id}"', "part.LABEL")


def label():
    return families()[-1].label


def bytecode(source, text):
    """A compiled file that Python would take for the compiled source, of another text."""
    facts = source.stat()
    head = importlib.util.MAGIC_NUMBER + (0).to_bytes(4, "little")
    head += (int(facts.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little")
    head += (facts.st_size & 0xFFFFFFFF).to_bytes(4, "little")
    return head + marshal.dumps(compile(text, str(source), "exec"))


@pytest.fixture
def labelled(write_plugin):
    folder = write_plugin(code=LABELLED)
    (folder / "part.py").write_text("LABEL = 'of the source'\n")
    return folder


@pytest.mark.parametrize("module", ["part", "__init__"])
def test_a_changed_compiled_file_is_never_run(module, host, labelled):
    source = labelled / f"{module}.py"
    compiled = Path(importlib.util.cache_from_source(str(source)))
    compiled.parent.mkdir(exist_ok=True)
    text = "LABEL = 'of the bytecode'" if module == "part" else "raise ValueError('bytecode')"
    compiled.write_bytes(bytecode(source, text))
    run(host.enable("mine"))
    assert label() == "of the source"


def test_it_counts_as_a_change_and_none_are_written(host, labelled):
    run(host.enable("mine"))
    assert not list(labelled.rglob("*.pyc"))
    host.stop_all()
    (labelled / "__pycache__").mkdir()
    (labelled / "__pycache__" / "part.cpython-311.pyc").write_bytes(b"1")
    assert state(host) == "ask"
    assert problem(host) == "It was changed since you allowed it."


def test_bytecode_without_a_source_is_not_imported(host, labelled):
    text = "LABEL = 'of the bytecode'"
    (labelled / "part.pyc").write_bytes(bytecode(labelled / "part.py", text))
    (labelled / "part.py").unlink()
    with pytest.raises(PluginError, match=r"cannot import name 'part'|No module named"):
        run(host.enable("mine"))


def test_a_plugin_that_puts_itself_on_the_path_reads_no_bytecode(host, write_plugin):
    start = "import sys\nsys.path.insert(0, __path__[0])\nimport elsewhere_of_mine as part\n"
    folder = write_plugin(code=LABELLED.replace("from . import part\n", start))
    source = folder / "elsewhere_of_mine.py"
    source.write_text("LABEL = 'of the source'\n")
    compiled = Path(importlib.util.cache_from_source(str(source)))
    compiled.parent.mkdir()
    compiled.write_bytes(bytecode(source, "LABEL = 'of the bytecode'"))
    try:
        run(host.enable("mine"))
        assert label() == "of the source"
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("elsewhere_of_mine", None)


def test_a_source_that_changes_after_the_question_is_not_run(host, labelled):
    run(host.enable("mine"))
    (labelled / "late.py").write_text("VALUE = 1\n")
    (labelled / "part.py").write_text("LABEL = 'changed'\n")
    package = sys.modules["latentstudio_plugin_mine"].__name__
    for name in ("late", "part"):
        sys.modules.pop(f"{package}.{name}", None)
        with pytest.raises(PluginError, match=rf"{name}\.py of the plugin in mine was changed"):
            importlib.import_module(f"{package}.{name}")


def test_data_and_native_modules_are_part_of_what_is_allowed(host, labelled):
    before = consent.content_of(labelled)
    for name in ("native.so", "data.bin", "sub/more.txt"):
        (labelled / name).parent.mkdir(exist_ok=True)
        (labelled / name).write_bytes(b"1")
        assert consent.content_of(labelled) != before
        before = consent.content_of(labelled)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_plain_file_is_refused(host, labelled):
    os.mkfifo(labelled / "pipe.py")
    with pytest.raises(PluginError, match="it isn't a plain file"):
        run(host.enable("mine"))
    assert state(PluginHost()) == "ask"
