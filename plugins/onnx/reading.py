"""Reading an ONNX file, checked before onnxruntime is given any of it.

Weights that stand in a second file are taken into the model, so that no path in the file is
ever followed by anybody else.
"""

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from latentstudio.plugin_host.api import CheckpointError

from .bounds import broken, check_count
from .model import LARGEST, Model, Stored, Value, too_large
from .packages import READS, package

if TYPE_CHECKING:
    import numpy as np
    from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
ENDLESS = ("Loop", "Scan")
_BEGINS = re.compile(rb"\x08[\x01-\x63][\x12\x1a\x22\x28\x32\x3a\x42\x72]")
_GRAPH = b"\x3a"

ReadBeside = Callable[[str, int, int], bytes]
"""Bytes of a file beside the model: its name, where they begin, how many."""


def looks_like_onnx(head: bytes) -> bool:
    """Whether a file begins as a model does: its version, another field, the graph soon after."""
    return _BEGINS.match(head) is not None and _GRAPH in head


def read_model(data: bytes, beside: ReadBeside | None = None) -> Model:
    """Read and check a file.

    Args:
        data: All of it.
        beside: Reads the files that weights were put into; None where there can be none.

    Raises:
        CheckpointError: It is broken, needs what we don't run, or names weights elsewhere.
        PluginError: The library is not installed.
    """
    proto = _parsed(data)
    if proto.functions:
        raise CheckpointError(
            "This ONNX model has functions of its own. Export it with them inlined."
        )
    _check_graph(proto.graph)
    model, graph = Model(type(proto)()), proto.graph
    model.inputs += map(_described, graph.input)
    model.outputs += map(_described, graph.output)
    model.stored += _stored(proto, beside)
    graph.ClearField("initializer")
    # Nothing else of the file is handed on.
    model.proto.ir_version = proto.ir_version
    model.proto.opset_import.extend(proto.opset_import)
    model.proto.graph.CopyFrom(graph)
    return model


def _parsed(data: bytes) -> "ModelProto":
    onnx, failures = package(READS), package("google.protobuf.message")
    check_count(data, onnx.ModelProto.DESCRIPTOR)
    try:
        proto: ModelProto = onnx.ModelProto.FromString(data)
    except failures.DecodeError as error:
        raise broken() from error
    if not proto.HasField("graph"):
        raise broken()
    return proto


def _check_graph(graph: "GraphProto") -> None:
    """The nodes of a graph, and those in their branches (protobuf bounds how deep)."""
    if graph.sparse_initializer:
        raise _sparse()
    for node in graph.node:
        _check_node(node)
        for attribute in node.attribute:
            _check_attribute(attribute)


def _check_node(node: "NodeProto") -> None:
    _check_texts(node.op_type, node.domain, *node.input, *node.output)
    if node.op_type in ENDLESS:
        raise CheckpointError("This ONNX model has loops, which may never end. Export it without.")
    if node.domain not in KNOWN_DOMAINS:
        raise CheckpointError("This ONNX model needs operations that only its makers have.")


def _check_attribute(attribute: "AttributeProto") -> None:
    """Tensors and branches inside a node."""
    if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
        raise _sparse()
    for graph in (attribute.g, *attribute.graphs):
        _check_graph(graph)
        for tensor in graph.initializer:
            _check_inside(tensor)
    for tensor in (*([attribute.t] if attribute.HasField("t") else ()), *attribute.tensors):
        _check_inside(tensor)


def _check_inside(tensor: "TensorProto") -> None:
    """A tensor within a node holds its numbers itself."""
    if tensor.external_data or tensor.data_location:
        raise _elsewhere()
    _check_size(tensor, tensor.ByteSize())


def _check_size(tensor: "TensorProto", length: int) -> None:
    # Even the smallest numbers are packed two to a byte.
    if any(size < 0 for size in tensor.dims) or math.prod(tensor.dims) > 2 * length:
        raise CheckpointError("This ONNX file declares more weights than it holds.")


def _stored(proto: "ModelProto", beside: ReadBeside | None) -> list[Stored]:
    """The weights, each as a model of its own, with those of other files taken in."""
    found, total = [], 0
    for tensor in proto.graph.initializer:
        _check_texts(tensor.name)
        if tensor.external_data or tensor.data_location:
            _take_in(tensor, beside, LARGEST - total)
        _check_size(tensor, tensor.ByteSize())
        alone = type(proto)()
        alone.graph.initializer.append(tensor)
        found.append(
            Stored(tensor.name, tuple(tensor.dims), tensor.data_type, alone.SerializeToString())
        )
        total += len(found[-1].data)
    return found


def _take_in(tensor: "TensorProto", beside: ReadBeside | None, room: int) -> None:
    """Put the bytes of another file into a tensor, at most as many as there is room for."""
    if beside is None:
        raise _elsewhere()
    where = {pair.key: pair.value for pair in tensor.external_data}
    _check_texts(*where, *where.values())
    try:
        start = int(where.get("offset", 0))
        length = int(where["length"]) if "length" in where else _declared(tensor)
    except ValueError as error:
        raise broken() from error
    if length > room:
        raise too_large()
    data = beside(where.get("location", ""), start, length)
    _check_size(tensor, len(data))
    tensor.ClearField("external_data")
    tensor.ClearField("data_location")
    tensor.raw_data = data


def _declared(tensor: "TensorProto") -> int:
    """Bytes that a tensor's shape and kind of number ask for."""
    try:
        kind: np.dtype[Any] = package(READS).helper.tensor_dtype_to_np_dtype(tensor.data_type)
    except KeyError as error:
        raise broken() from error
    return int(math.prod(tensor.dims) * kind.itemsize)


def _described(value: "ValueInfoProto") -> Value:
    """An input or output as plain values; a size that has a name, or none, is open."""
    _check_texts(value.name)
    kind = value.type.tensor_type
    sizes = [axis.dim_value for axis in kind.shape.dim]
    shape = tuple(size if 0 < size < 2**31 else None for size in sizes)
    return Value(value.name, kind.elem_type, shape)


def _check_texts(*texts: str) -> None:
    """The library gives bytes where a name is not UTF-8."""
    if not all(isinstance(text, str) for text in texts):
        raise broken()


def _sparse() -> CheckpointError:
    return CheckpointError("This ONNX model has sparse weights, which can't be opened.")


def _elsewhere() -> CheckpointError:
    return CheckpointError("This ONNX model keeps weights where they can't be read from.")
