"""What the names in a pickle mean: tensors, arrays and containers, or nothing."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.pickle_machine import as_dict, checked_key
from latentstudio.engine.records import Array, Blob, Name, Record, Storage

MAX_AXES = 16
STORAGES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "UntypedStorage": torch.uint8,
}
CONTAINERS = {"set", "frozenset", "list", "tuple", "dict", "bytearray", "object", "slice", "range"}
OBJECTS = ("O", "O8", "O4", "|O")
NUMBERS = {"int", "float", "complex", "bool", "str", "bytes"}
INERT = {"builtins.getattr", "__builtin__.getattr", "functools.partial"}
"""With the first, classes inside classes and bound methods are written; modules keep the other as
an attribute. Neither is looked up or called here, as nothing is."""
# Modules that only a program needs. Nothing of theirs would run here; a file that names
# them means harm, and the artist should hear so.
_PROGRAMS_TEXT = """
os posix nt posixpath sys subprocess functools operator importlib runpy shutil socket pty
ctypes _ctypes commands webbrowser code codeop inspect pickle _pickle cPickle marshal
multiprocessing threading _thread asyncio pip venv timeit cProfile profile pdb bdb trace
platform tempfile signal gc atexit builtins __builtin__ __builtins__ pydoc doctest distutils
setuptools urllib http requests ftplib smtplib telnetlib xmlrpc sqlite3 zipimport pkgutil
site imp io _io linecache tokenize ast dis weakref contextlib itertools
"""
PROGRAMS = frozenset(_PROGRAMS_TEXT.split())
_PROGRAM_NAMES_TEXT = """
types.FunctionType types.CodeType types.LambdaType torch.load torch.serialization.load
torch.jit.load torch.hub.load numpy.load torch.storage.load
"""
PROGRAM_NAMES = frozenset(_PROGRAM_NAMES_TEXT.split())


def program_error() -> CheckpointError:
    """The file names functions that only a program needs."""
    return CheckpointError("This file holds a program, not weights. It was not opened.")


def check_name(name: Name) -> None:
    """Refuse names that no model needs.

    Raises:
        CheckpointError: The file means to run something.
    """
    top = name.module.split(".")[0]
    harmless = top in ("builtins", "__builtin__") and name.name in CONTAINERS | NUMBERS
    harmless = harmless or str(name) in INERT
    if str(name) in PROGRAM_NAMES or (top in PROGRAMS and not harmless):
        raise program_error()


def storage_type(name: Any) -> torch.dtype:
    """The kind of numbers in a storage class such as ``torch.cuda.FloatStorage``."""
    return STORAGES[name.name]


def view(storage: Storage, offset: int, size: Any, stride: Any) -> Tensor:
    """A tensor in a storage, checked to lie inside and to be no larger than it.

    Args:
        storage: Its memory.
        offset: Of its first number, counted in numbers.
        size: Its shape, (...).
        stride: Steps along each axis, counted in numbers.

    Raises:
        ValueError: It reaches beyond the storage, or this is no shape.
    """
    size, stride = tuple(size), tuple(stride)
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or len(size) > MAX_AXES or any(type(n) is not int for n in numbers):
        raise ValueError("not a shape")
    count = math.prod(size)
    reach = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1
    room = storage.flat.numel()
    if min(numbers) < 0 or count > room or (count and reach > room):
        raise ValueError("a tensor larger than its memory")
    if not count:
        return storage.flat.new_empty(size)
    return storage.flat.as_strided(size, stride, offset)


def array_dtype(record: Any) -> np.dtype[Any]:
    """A NumPy type of plain numbers."""
    text = record.args[0]
    order = record.state[1] if isinstance(record.state, tuple) else "="
    dtype: np.dtype[Any] = np.dtype(text).newbyteorder(order if order in ("<", ">") else "=")
    if dtype.kind not in "biufc" or dtype.shape or dtype.names:
        raise ValueError("not numbers")
    return dtype


def fill_array(array: Array, state: Any) -> None:
    """Set an array from its state: version, shape (...), type, Fortran order, bytes.

    Raises:
        ValueError: The bytes are not as many as the shape says.
    """
    _, shape, kind, fortran, raw = state
    if kind.args[0] in OBJECTS:
        if not isinstance(raw, list) or math.prod(shape) != len(raw):
            raise ValueError("an array of other objects than it says")
        array.items = raw
        return
    dtype = array_dtype(kind)
    data = raw.data if isinstance(raw, Blob) else raw
    data = data.encode("latin1") if isinstance(data, str) else data
    if len(shape) > MAX_AXES or math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("an array larger than its memory")
    values = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    array.tensor = to_tensor(values)


def array_from_buffer(raw: Any, kind: Any, shape: Any, order: str) -> Array:
    """An array as protocol 5 writes it.

    Args:
        raw: Its bytes.
        kind: Its type.
        shape: (...).
        order: ``F`` or ``C``.

    Raises:
        ValueError: See `fill_array`.
    """
    array = Array()
    fill_array(array, (1, shape, kind, order == "F", raw))
    return array


def to_tensor(values: np.ndarray[Any, Any]) -> Tensor:
    """Numbers as a tensor, without a copy where torch can use the memory as it is.

    Any shape (...), same shape; unsigned numbers of more than 8 bits become int64.
    """
    native = values.astype(values.dtype.newbyteorder("="), copy=not values.flags.writeable)
    if native.dtype.kind in "u" and native.dtype.itemsize > 1:
        native = native.astype(np.int64)
    return torch.from_numpy(native)


def _scalar(kind: Any, raw: Any) -> Any:
    data = raw.encode("latin1") if isinstance(raw, str) else raw
    return np.frombuffer(data, array_dtype(kind), count=1)[0].item()


def _container(name: str, args: tuple[Any, ...]) -> Any:
    if name == "dict" or not args:
        return {"dict": dict, "list": list, "set": set, "tuple": tuple}.get(name, list)()
    (items,) = args
    if name == "bytearray" or not isinstance(items, list | tuple | set | frozenset):
        return items
    if name in ("set", "frozenset"):
        items = [checked_key(item) for item in items]
    return {"set": set, "frozenset": frozenset, "tuple": tuple}.get(name, list)(items)


def _inside(name: Name, args: tuple[Any, ...]) -> Any:
    """The name of a class inside a class; anything else stays as it was described."""
    is_class = len(args) == 2 and isinstance(args[0], Name) and isinstance(args[1], str)
    if not is_class or name.name != "getattr":
        return Record(name, args)
    inner = Name(args[0].module, f"{args[0].name}.{args[1]}")
    check_name(inner)
    return inner


def _ordered(args: tuple[Any, ...]) -> dict[Any, Any]:
    pairs = args[0] if args else []
    return dict(pairs) if isinstance(pairs, dict) else as_dict([v for pair in pairs for v in pair])


MAKERS: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": lambda *args: _ordered(args),
    "collections.defaultdict": lambda *_: {},
    "torch._utils._rebuild_tensor": lambda s, offset, size, stride: view(s, offset, size, stride),
    "torch._utils._rebuild_tensor_v2": lambda s, offset, size, stride, *_: view(
        s, offset, size, stride
    ),
    "torch._utils._rebuild_parameter": lambda data, *_: data,
    "torch._utils._rebuild_parameter_with_state": lambda data, *_: data,
    "torch.Size": lambda sizes=(): tuple(sizes),
    "_codecs.encode": lambda text, *_: text,
    "numpy.ndarray": lambda *_: Array(),
    "numpy.core.numeric._frombuffer": array_from_buffer,
    "numpy._core.numeric._frombuffer": array_from_buffer,
    **{
        f"numpy.{core}.multiarray.{name}": make
        for core in ("core", "_core")
        for name, make in (("_reconstruct", lambda *_: Array()), ("scalar", _scalar))
    },
}


class Names:
    """The builder for any pickle. `persistent` and `from_bytes` come with the container."""

    def __init__(self, persistent: Callable[[Any], Any], from_bytes: Callable[[Any], Any]) -> None:
        self.persistent = persistent
        self._from_bytes = from_bytes

    def named(self, name: Name) -> None:
        check_name(name)

    def make(self, name: Name, args: tuple[Any, ...]) -> Any:
        full = str(name)
        if full == "torch.storage._load_from_bytes":
            return self._from_bytes(*args)
        if full == "torch._tensor._rebuild_from_type_v2":
            return self.make(args[0], args[2])
        if full in INERT:
            return _inside(name, args)
        if name.module in ("builtins", "__builtin__"):
            return _container(name.name, args) if name.name in CONTAINERS else args[0]
        if name.module in ("copyreg", "copy_reg"):
            return Record(args[0], args[1:])
        return MAKERS[full](*args) if full in MAKERS else Record(name, args)

    def set_state(self, value: Any, state: Any) -> None:
        if isinstance(value, Array):
            fill_array(value, state)
        elif isinstance(value, Record):
            value.state = state


def no_persistent(key: Any) -> Any:
    """A plain pickle has nothing outside itself."""
    raise ValueError("a persistent value in a plain pickle")
