"""Every text of the program that a person reads in the window, collected from its source.

Two contexts. The empty one holds what the window says itself, ``tr("…")``, as `lupdate` finds it
too. ``sentences`` holds what is said below the window, in English and with its values filled in:
errors, notices, undo labels, options, steps of jobs and whatever is ``marked("…")``. An f-string
becomes a template, its values %1, %2 … in order, by which the window recognises the sentence.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SENTENCE = re.compile(r"[A-Z“%'].* .*[.!?]", re.DOTALL)
WINDOW, SENTENCES = "", "sentences"
# Calls whose texts are shown, with the places and names of the arguments that are texts.
SHOWN: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "marked": ((0,), ()),
    "option": ((1, 2), ("label", "help", "unit")),
    "setting": ((0, 1, 2), ("label", "help", "group")),
    "Method": ((), ("help",)),
    "Step": ((1,), ("message",)),
    "Command": ((0,), ()),
    "change_picture": ((0,), ()),
    "show_picture": ((0,), ()),
    "_edit_command": ((0,), ()),
    "emit": ((1,), ()),  # notice.emit(kind, text)
    "say": ((0,), ()),
    "run": ((0,), ()),  # titles of jobs
    "_plugins": ((0,), ()),
    "submit": ((0,), ()),
    "_start_opening": ((1,), ()),
    "weight": ((1, 2), ()),
    "OptionInfo": ((3, 4), ()),
    "Format": ((1,), ()),
    "ReferenceCurve": ((), ("words",)),
}
# Variables that hold a text until such a call takes it.
HELD = frozenset({"label", "title", "message", "sentence", "text", "why", "hint", "words"})
WINDOW_FOLDER = "latentstudio/ui/"
NOT_SHOWN = ("latentstudio/cli/",)  # the command line speaks English
OWNERS = {"emit": ("notice",), "say": ("client",), "run": ("engine", "self")}  # only of these


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate: where it is looked up, what it says, where it stands."""

    context: str
    source: str
    meaning: str
    path: str
    line: int


class NotLiteralError(ValueError):
    """A text is put together at run time, so nobody can translate it."""


def texts(root: Path) -> list[Text]:
    """All texts of the package in a clone, in the order of files and lines.

    Raises:
        NotLiteralError: `tr` is called with something else than literal texts.
    """
    found: list[Text] = []
    for path in sorted((root / "latentstudio").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(NOT_SHOWN):
            found.extend(_of_file(name, path.read_text(encoding="utf-8")))
    return found


def templates(found: list[Text]) -> list[str]:
    """What is said below the window, each once."""
    return list(dict.fromkeys(text.source for text in found if text.context == SENTENCES))


def _of_file(name: str, code: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(code)):
        if not name.startswith(WINDOW_FOLDER):
            yield from _said(name, node)
        if not isinstance(node, ast.Call):
            continue
        called = _name(node.func)
        if called == "tr":
            yield from _window(name, node)
        elif called in SHOWN or called.endswith("Error"):
            for argument in _shown(called, node):
                for source in _sentences(argument):
                    yield Text(SENTENCES, source, "", name, node.lineno)


def _said(name: str, node: ast.AST) -> Iterator[Text]:
    """What is kept in a variable or given back first, below the window."""
    if isinstance(node, ast.Assign):
        yield from _held(name, node)
    elif isinstance(node, ast.Return | ast.Yield) and node.value is not None:
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for source in (source for value in values for source in _sentences(value)):
            if SENTENCE.fullmatch(source):
                yield Text(SENTENCES, source, "", name, node.lineno)


def _held(name: str, node: ast.Assign) -> Iterator[Text]:
    """A sentence that is kept in a variable first."""
    for place, value in _pairs(node):
        if isinstance(place, ast.Name) and place.id in HELD:
            for source in _sentences(value):
                yield Text(SENTENCES, source, "", name, node.lineno)


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _window(name: str, call: ast.Call) -> Iterator[Text]:
    meaning = ast.literal_eval(call.args[1]) if len(call.args) > 1 else ""
    for source in _choices(call.args[0]):
        if isinstance(source, ast.Constant) and isinstance(source.value, str):
            yield Text(WINDOW, source.value, meaning, name, call.lineno)
        else:
            raise NotLiteralError(f"{name}:{call.lineno}: tr() of a text put together at run time")


def _shown(called: str, call: ast.Call) -> Iterator[ast.expr]:
    if called in OWNERS and not any(one in ast.unparse(call.func) for one in OWNERS[called]):
        return
    places, names = SHOWN.get(called, ((0,), ("hint",)))
    yield from (call.args[place] for place in places if place < len(call.args))
    yield from (word.value for word in call.keywords if word.arg in names)


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """Both arms of a conditional text."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    else:
        yield node


def _sentences(node: ast.expr) -> Iterator[str]:
    """The templates of a text, and texts among their values."""
    for choice in _choices(node):
        if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
            if choice.value.strip():
                yield choice.value
        elif isinstance(choice, ast.JoinedStr):
            yield _template(choice)
            for value in choice.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _words_within(value.value)


def _template(node: ast.JoinedStr) -> str:
    parts, count = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            count += 1
            parts.append(f"%{count}")
    return "".join(parts)


def _words_within(node: ast.expr) -> Iterator[str]:
    """Words that a value chooses from: {'it' if one else 'them'}."""
    if isinstance(node, ast.IfExp):
        yield from _sentences(node)
