"""Makes and updates translations of the window.

    .venv/bin/python packaging/translations/make.py update de    texts into latentstudio_de.ts
    .venv/bin/python packaging/translations/make.py release de   .qm and .json for the program
    .venv/bin/python packaging/translations/make.py pseudo DIR   a made-up language, all of it

Translate the .ts file in between, with Qt Linguist (`.venv/bin/pyside6-linguist`) or any editor.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import extract  # noqa: E402 - beside this file, which is no package

ROOT = HERE.parents[1]
FOLDER = ROOT / "resources" / "translations"
PSEUDO = "eo"  # a language of which Qt itself brings no translation
_ACCENTS = str.maketrans("aceginorsuyzACEGINORSUYZ", "äçéĝïñöŕšüýžÄÇÉĜÏÑÖŔŠÜÝŽ")
_KEPT = re.compile(r"(%\d+|%n|&\w+;|<[^>]+>)")
Key = tuple[str, str, str]  # context, source, meaning


def update(ts: Path, translate: Callable[[str], str] = lambda _: "") -> list[extract.Text]:
    """Writes the texts of today; a text that was translated keeps its translation."""
    texts = extract.texts(ROOT)
    known = _translations(ts)
    tree = xml.Element("TS", version="2.1", language=ts.stem.partition("_")[2])
    contexts: dict[str, xml.Element] = {}
    for key, places in _by_key(texts).items():
        if key[0] not in contexts:
            contexts[key[0]] = xml.SubElement(tree, "context")
            xml.SubElement(contexts[key[0]], "name").text = key[0]
        _message(contexts[key[0]], key, places, known.get(key) or translate(key[1]))
    xml.indent(tree)
    ts.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(tree).write(ts, encoding="utf-8", xml_declaration=True)
    return texts


def release(ts: Path) -> None:
    """The files that the program reads, beside the translation."""
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    command = [str(tool), "-silent", str(ts), "-qm", str(ts.with_suffix(".qm"))]
    subprocess.run(command, check=True)
    templates = extract.templates(extract.texts(ROOT))
    ts.with_suffix(".json").write_text(json.dumps(templates, ensure_ascii=False, indent=1))


def pseudo(folder: Path) -> Path:
    """A translation of everything into accented English in brackets; the .ts file."""
    ts = folder / f"latentstudio_{PSEUDO}.ts"
    update(ts, disguised)
    release(ts)
    return ts


def disguised(text: str) -> str:
    """Open model… → ⟦Öpéñ mödél…⟧; values and mark-up stay."""
    parts = _KEPT.split(text)
    return "⟦" + "".join(p if n % 2 else p.translate(_ACCENTS) for n, p in enumerate(parts)) + "⟧"


def _by_key(texts: list[extract.Text]) -> dict[Key, list[extract.Text]]:
    found: dict[Key, list[extract.Text]] = {}
    for text in texts:
        found.setdefault((text.context, text.source, text.meaning), []).append(text)
    return found


def _message(context: xml.Element, key: Key, places: list[extract.Text], translation: str) -> None:
    message = xml.SubElement(context, "message")
    for place in places:
        name = f"../../{place.path}"
        xml.SubElement(message, "location", filename=name, line=str(place.line))
    xml.SubElement(message, "source").text = key[1]
    if key[2]:
        xml.SubElement(message, "comment").text = key[2]
    translated = xml.SubElement(message, "translation")
    translated.text = translation
    if not translation:
        translated.set("type", "unfinished")


def _translations(ts: Path) -> dict[Key, str]:
    if not ts.exists():
        return {}
    return {
        (
            context.findtext("name") or "",
            one.findtext("source") or "",
            one.findtext("comment") or "",
        ): one.findtext("translation") or ""
        for context in xml.parse(ts).getroot().iter("context")
        for one in context.iter("message")
    }


def main(command: str, target: str) -> None:
    """One command, as at the top."""
    ts = FOLDER / f"latentstudio_{target}.ts"
    if command == "update":
        print(f"{len(_by_key(update(ts)))} texts in {ts}")
    elif command == "release":
        release(ts)
    elif command == "pseudo":
        print(pseudo(Path(target)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
