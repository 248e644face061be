"""Files and folders of other programs: what they are, and how what is in them can be opened.

Kinds are told by first bytes or by the names in a folder, never by trying to read them.
"""

from pathlib import Path

KERAS = (
    "Turn it into ONNX (pip install tensorflow tf2onnx; python -m tf2onnx.convert --keras {name} "
    "--output model.onnx) and open that."
)
SAVED_MODEL = (
    "Turn it into ONNX (pip install tensorflow tf2onnx; python -m tf2onnx.convert "
    "--saved-model {name} --output model.onnx) and open that."
)
GRAPH = (
    "Turn it into ONNX (pip install tensorflow tf2onnx; python -m tf2onnx.convert "
    "--graphdef {name} --inputs INPUT:0 --outputs OUTPUT:0 --output model.onnx) and open that."
)
TFLITE = (
    "Turn it into ONNX (pip install tensorflow tf2onnx; python -m tf2onnx.convert --tflite {name} "
    "--output model.onnx) and open that."
)
WEIGHTS = (
    "It holds weights without their network: build the network in Keras, load them "
    "(model.load_weights('{name}')), export it (model.export('model.onnx', format='onnx'), after "
    "pip install tensorflow tf2onnx), and open that."
)
EXPORT = "Export the network to ONNX where it was made, and open that."
STATE = (
    "Save the weights of its network where it was made (torch.save(model.state_dict(), "
    "'model.pt')), and open those."
)
UNPACK = "Unpack it and choose the model."

HDF5 = b"\x89HDF\r\n\x1a\n"
_STARTS: tuple[tuple[bytes, int, str, str], ...] = (
    (b"TFL3", 4, "a TensorFlow Lite model", TFLITE),
    (b"GGUF", 0, "a language model (GGUF)", "It makes no pictures that a GAN makes."),
    (b"7z\xbc\xaf", 0, "a packed archive (7z)", UNPACK),
    (b"Rar!", 0, "a packed archive (RAR)", UNPACK),
    (b"\x28\xb5\x2f\xfd", 0, "a packed archive (Zstandard)", UNPACK),
    (b"\x93NUMPY", 0, "an array of NumPy, not a model", "Import it as directions or latents."),
    (b"\x89PNG", 0, "a picture, not a model", "Choose the model that made it."),
    (b"\xff\xd8\xff", 0, "a picture, not a model", "Choose the model that made it."),
    (b"%PDF", 0, "a document, not a model", "Choose the model file."),
)
_ENDINGS = {
    ".pb": ("a graph of TensorFlow", GRAPH),
    ".index": ("part of a TensorFlow checkpoint", EXPORT),
    ".meta": ("part of a TensorFlow checkpoint", EXPORT),
    ".tfrecord": ("a data set of TensorFlow, not a model", "Choose the model file."),
    ".tfrecords": ("a data set of TensorFlow, not a model", "Choose the model file."),
    ".mlmodel": ("a Core ML model", EXPORT),
    ".engine": ("a TensorRT engine", EXPORT),
    ".caffemodel": ("a Caffe model", EXPORT),
    ".params": ("a model of MXNet", EXPORT),
    ".msgpack": ("a model of Flax (msgpack)", EXPORT),
    ".json": ("settings or a graph, not a model's weights", "Choose the model file."),
}


def foreign_file(path: Path, head: bytes) -> str:
    """The sentence for a file of another program, empty where it is none that we know."""
    for mark, start, what, then in _STARTS:
        if head[start : start + len(mark)] == mark:
            return _sentence(path, what, then)
    if head.startswith(HDF5):
        return _sentence(path, *_hdf5(path, head))
    if ".data-0" in path.name:
        return _sentence(path, "part of a TensorFlow checkpoint", EXPORT)
    what, then = _ENDINGS.get(path.suffix.lower(), ("", ""))
    return _sentence(path, what, then) if what else ""


def _hdf5(path: Path, head: bytes) -> tuple[str, str]:
    """What an HDF5 file is, and what to do: converters need the network, not its weights alone."""
    if b"model_config" in head:
        return "a Keras model (HDF5)", KERAS
    if any(mark in head for mark in (b"layer_names", b"_layer_checkpoint_dependencies", b"vars")):
        return "a file of Keras weights (HDF5)", WEIGHTS
    keras = b"keras" in head or path.suffix.lower() in (".h5", ".keras")
    return ("a Keras model (HDF5)", KERAS) if keras else ("an HDF5 file", EXPORT)


def foreign_program(path: Path, names: list[str]) -> str:
    """The sentence for a zip whose models are a program's parts, empty for any other."""
    if any(name.endswith("archive_format") for name in names):
        return _sentence(path, "a program written by torch.export", STATE)
    return ""


def foreign_archive(path: Path, names: list[str]) -> str:
    """The sentence for a zip of another program, empty where it is none that we know."""
    inside = set(names)
    if {"config.json", "model.weights.h5"} <= inside:
        return _sentence(path, "a Keras model", KERAS)
    if any(name.endswith("saved_model.pb") for name in inside):
        return _sentence(path, "a packed TensorFlow model", UNPACK)
    if inside and all(name.endswith(".npy") for name in inside):
        then = "Import it as directions or latents."
        return _sentence(path, "a set of NumPy arrays, not a model", then)
    if any(name.endswith((".h5", ".keras", ".pb", ".onnx")) for name in inside):
        return _sentence(path, "a packed archive", UNPACK)
    return ""


def foreign_folder(folder: Path, names: list[str]) -> str:
    """The sentence for a folder of another program, empty where it is none that we know."""
    if "saved_model.pb" in names:
        return _sentence(folder, "a TensorFlow SavedModel", SAVED_MODEL)
    if "checkpoint" in names and any(name.endswith(".index") for name in names):
        return _sentence(folder, "a TensorFlow checkpoint", EXPORT)
    if "model.json" in names and any(name.endswith(".bin") for name in names):
        return _sentence(folder, "a TensorFlow.js model", EXPORT)
    return ""


def _sentence(path: Path, what: str, then: str) -> str:
    return f"{path.name} is {what}. {then.format(name=path.name)}"
