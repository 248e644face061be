"""Eyes and mouth of a photo, from landmarks of a package that need not be there."""

from types import SimpleNamespace

import numpy as np
import pytest

from latentstudio.core.progress import run
from latentstudio.inversion import face_finder
from latentstudio.inversion.pictures import Photo
from latentstudio.session.own_pictures import OwnPictures
from latentstudio.session.photo_messages import FaceNews

PHOTO = Photo(np.zeros((1200, 1600, 3), np.uint8), "me.jpg")


class Rectangle:
    def __init__(self, side):
        self.side = side

    def width(self):
        return self.side

    height = width


def finder(pixels, face):
    """Dlib's five: the right eye's corners, the left eye's, the base of the nose."""
    assert max(pixels.shape) == face_finder.SIDE
    marks = [(310, 200), (290, 200), (190, 200), (210, 200), (250, 268)]
    shift = 0 if face.side == 90 else 500
    return SimpleNamespace(part=lambda i: SimpleNamespace(x=marks[i][0] + shift, y=marks[i][1]))


def test_eyes_and_mouth_of_the_largest_face_in_pixels_of_the_photo(monkeypatch):
    faces = [Rectangle(40), Rectangle(90)]
    monkeypatch.setattr(face_finder, "_tools", lambda: (lambda pixels, ups: faces, finder))
    face = face_finder.find_face(PHOTO)
    assert np.allclose(face, [(400, 400), (600, 400), (500, 400 + 2 * 68 / 0.68)])
    faces.clear()
    assert face_finder.find_face(PHOTO) is None


@pytest.mark.parametrize("there", [True, False])
def test_nobody_looks_without_the_package(monkeypatch, there):
    monkeypatch.setattr(face_finder, "is_installed", lambda: there)
    monkeypatch.setattr(face_finder, "find_face", lambda photo: None)
    found = run(OwnPictures(lambda: None, None, print).face(PHOTO))
    assert found == FaceNews(None, looked=there)
