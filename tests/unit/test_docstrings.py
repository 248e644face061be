"""What docstrings promise: shapes wherever tensors go in or out, and examples that are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import latentstudio

PACKAGE = Path(latentstudio.__file__).parent
LEAST = 0.95
NOT_COUNTED = ("ui",)
EXAMPLES = (
    "latentstudio.core.layer_range",
    "latentstudio.engine.images",
    "latentstudio.engine.walks",
    "latentstudio.export.sheet",
    "latentstudio.region.masks",
)

TENSOR = re.compile(r"\b(Tensor|NDArray|Floats|Pixels|Mask|Cosines|Matrix|Array)\b")
WORD = r"[\w']+(?:\([\w']+\))?"
SIZE = rf"(?:{WORD}(?: ?[-+*/·×^] ?{WORD}| or \w+| [a-zA-Z]{{1,4}})*|\.\.\.)"
SHAPE = re.compile(rf"(?<!\w)\((?:{SIZE},|{SIZE}(?:,\s*{SIZE})+|\.\.\.|)\)")
"""Sizes with commas between, as (N,), (N, 3) or (..., d); () is a scalar."""
REFERENCE = re.compile(r"\b[Ss]ee\s+`|\b([Aa]rguments|[Ss]hapes?)\s+as\s+`|\bsame shape\b")


@dataclass(frozen=True)
class Class:
    """A class of the package as its text declares it."""

    name: str
    bases: tuple[str, ...]
    doc: str
    methods: dict[str, str] = field(default_factory=dict)

    @property
    def is_protocol(self) -> bool:
        return any(base.startswith("Protocol") for base in self.bases)


@dataclass(frozen=True)
class Function:
    """A public function or method that takes or gives tensors or arrays."""

    place: str
    name: str
    doc: str
    owner: Class | None


def states_shapes(doc: str) -> bool:
    """Whether a docstring gives a shape, or names where it stands."""
    return bool(SHAPE.search(doc) or REFERENCE.search(doc))


def is_public_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.name.startswith("_")


def has_tensors(node: ast.FunctionDef) -> bool:
    """Whether an argument or the result is annotated as a tensor or an array."""
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    annotations = [a.annotation for a in arguments if a.annotation]
    annotations += [node.returns] if node.returns else []
    decorators = [ast.unparse(d) for d in node.decorator_list]
    if any(d.endswith(("setter", "overload")) for d in decorators):
        return False
    return any(TENSOR.search(ast.unparse(a)) for a in annotations)


def read_class(node: ast.ClassDef) -> Class:
    methods = {
        part.name: ast.get_docstring(part) or ""
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }
    bases = tuple(ast.unparse(base) for base in node.bases)
    return Class(node.name, bases, ast.get_docstring(node) or "", methods)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in NOT_COUNTED:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def functions_in(path: Path, body: list[ast.stmt], owner: Class | None) -> Iterator[Function]:
    """Public functions with tensors of a module or class, classes inside it included."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions_in(path, node.body, read_class(node))
        elif isinstance(node, ast.FunctionDef) and is_public_function(node) and has_tensors(node):
            place = f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
            yield Function(place, node.name, ast.get_docstring(node) or "", owner)


class Package:
    """All classes of the package, to find what a method overrides or fulfils."""

    def __init__(self) -> None:
        self.functions: list[Function] = []
        self.classes: dict[str, list[Class]] = {}
        for path, tree in modules():
            self.functions += functions_in(path, tree.body, None)
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, []).append(read_class(node))

    def ancestors(self, of: Class) -> list[Class]:
        """Its bases in the package, and theirs; a name that two classes have is not followed."""
        found = []
        for base in of.bases:
            known = self.classes.get(base.split("[")[0].split(".")[-1], [])
            if len(known) == 1:
                found += [known[0], *self.ancestors(known[0])]
        return found

    def protocols(self, of: Class) -> list[Class]:
        """Protocols of which it, with its bases, has every method."""
        own = {name for each in (of, *self.ancestors(of)) for name in each.methods}
        declared = [c for several in self.classes.values() for c in several if c.is_protocol]
        return [c for c in declared if c.methods and c.methods.keys() <= own]

    def is_inherited(self, function: Function) -> bool:
        """Whether a base class or protocol states the shapes for this method."""
        if function.owner is None:
            return False
        if function.name == "forward" and states_shapes(function.owner.doc):
            return True
        above = [*self.ancestors(function.owner), *self.protocols(function.owner)]
        return any(states_shapes(c.methods.get(function.name, "")) for c in above)

    def missing(self) -> list[Function]:
        return [f for f in self.functions if not (states_shapes(f.doc) or self.is_inherited(f))]


def named(function: Function) -> str:
    owner = f"{function.owner.name}." if function.owner else ""
    first = function.doc.splitlines()[0] if function.doc else "no docstring"
    return f"{function.place} {owner}{function.name}: {first}"


@pytest.mark.parametrize(
    ("doc", "stated"),
    [
        ("Images: (N, layers, dim) -> (N, C, H, W).", True),
        ("Coordinates (...), one for each.", True),
        ("See `engine.walks`.", True),
        ("As StyleGAN does it (Karras et al. 2020).", False),
        ("Made with `close()`; errors as `read`.", False),
        ("Bytes (little-endian, in order of the file).", False),
    ],
)
def test_prose_in_parentheses_is_no_shape(doc: str, stated: bool) -> None:
    assert states_shapes(doc) is stated


def test_every_module_with_an_example_is_run() -> None:
    having = {path for path, _ in modules() if ">>> " in path.read_text(encoding="utf-8")}
    names = {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts) for p in having}
    assert names == set(EXAMPLES)


def test_public_functions_with_tensors_state_their_shapes() -> None:
    package = Package()
    missing = package.missing()
    share = 1 - len(missing) / len(package.functions)
    listed = "\n".join(named(function) for function in missing)
    assert len(package.functions) > 400
    assert share >= LEAST, f"{share:.1%} state their shapes; these do not:\n{listed}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried
    assert not failed
