"""Small ONNX models, good and bad."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def value(name, shape, kind=FLOAT):
    """An input or output; a text as size is a name for an open one."""
    return helper.make_tensor_value_info(name, kind, shape)


def stored(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def elsewhere(name, shape, **where):
    """Weights that are said to stand in another file."""
    tensor = TensorProto(name=name, dims=shape, data_type=FLOAT, data_location=1)
    for key, text in where.items():
        tensor.external_data.add(key=key, value=str(text))
    return tensor


def model(nodes, inputs, outputs, tensors=()):
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def linear(z_dim=4, side=8, channels=1, output="Tanh", flat=False, nodes=(), inputs=(), tensors=()):
    """Z times a matrix, then a function, as pictures; and what else is to be in it."""
    count = channels * side * side
    table = [0.1 * ((7 * i) % 23 - 11) for i in range(z_dim * count)]
    weights = [stored("w", np.float32(table).reshape(z_dim, count)), *tensors]
    made = [
        helper.make_node("MatMul", ["z", "w"], ["h"]),
        helper.make_node(output, ["h"], ["flat"]),
    ]
    last = value("flat", ("n", count))
    if not flat:
        weights.append(stored("shape", np.int64([-1, channels, side, side])))
        made.append(helper.make_node("Reshape", ["flat", "shape"], ["img"]))
        last = value("img", ("n", channels, side, side))
    return model([*made, *nodes], [value("z", ("n", z_dim)), *inputs], [last], weights)
