"""Small ONNX files, good and bad, without the library that makes them."""

import struct


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def whole(number, value):
    return varint(number << 3) + varint(value)


def block(number, *parts):
    data = b"".join(p.encode() if isinstance(p, str) else p for p in parts)
    return varint(number << 3 | 2) + varint(len(data)) + data


def value(number, name, shape, kind=1):
    """An input (11) or output (12); a text as size is a name for an open one."""
    axes = [block(1, block(2, s) if isinstance(s, str) else whole(1, s)) for s in shape]
    return block(number, block(1, name), block(2, block(1, whole(1, kind), block(2, *axes))))


def node(op, inputs, outputs, *more):
    return block(
        1, *(block(1, i) for i in inputs), *(block(2, o) for o in outputs), block(4, op), *more
    )


def weights(name, shape, numbers, kind=1, *more):
    """An initializer; `numbers` floats, or bytes as they are."""
    data = numbers if isinstance(numbers, bytes) else struct.pack(f"<{len(numbers)}f", *numbers)
    return block(5, *(whole(1, s) for s in shape), whole(2, kind), block(8, name), block(9, data),
                 *more)  # fmt: skip


def model(*graph, opset=17, more=b""):
    return whole(1, 8) + block(7, *graph, block(2, "g")) + block(8, whole(2, opset)) + more


def linear(z_dim=4, side=8, channels=1, output="Tanh", extra=b"", batch="n", flat=False):
    """Z times a matrix, then a function, as pictures."""
    count = channels * side * side
    table = [0.1 * ((7 * i) % 23 - 11) for i in range(z_dim * count)]
    shape = struct.pack("<4q", -1, channels, side, side)
    graph = [
        value(11, "z", (batch, z_dim)),
        weights("w", (z_dim, count), table),
        node("MatMul", ("z", "w"), ("h",)),
        node(output, ("h",), ("flat",)),
    ]
    if flat:
        return model(*graph, extra, value(12, "flat", (batch, count)))
    graph += [
        weights("shape", (4,), shape, 7),
        node("Reshape", ("flat", "shape"), ("img",)),
        value(12, "img", (batch, channels, side, side)),
    ]
    return model(*graph, extra)
