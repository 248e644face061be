"""From two eyes and a mouth to a frame, as face models were trained.

Karras et al. 2019 cut FFHQ from landmarks so; only the means of the eyes and of the mouth count,
so three points are enough, and five (two eyes, the nose, two corners of the mouth) serve as well.
"""

import math
from collections.abc import Sequence

import numpy as np

from latentstudio.core.errors import OptionError
from latentstudio.inversion.crop import Crop

Point = tuple[float, float]

_FROM_EYES, _FROM_MOUTH = 2.0, 1.8
"""Half the frame in distances between the eyes, or from the eyes to the mouth."""
_BELOW_EYES = 0.1
"""How far below the eyes the frame's centre lies, in distances from the eyes to the mouth."""


def frame_of_face(left_eye: Point, right_eye: Point, mouth: Point) -> Crop:
    """The frame that a model of FFHQ's faces expects.

    Args:
        left_eye: Middle of the eye at the left of the picture, in pixels of the photo.
        right_eye: Middle of the other one.
        mouth: Middle of the mouth.

    Raises:
        OptionError: The points lie on one another, or are no numbers.
    """
    left, right, lips = (np.asarray(p, np.float64) for p in (left_eye, right_eye, mouth))
    if not np.isfinite([left, right, lips]).all():
        raise OptionError("The places of eyes and mouth aren't numbers.")
    if left[0] > right[0]:
        left, right = right, left
    eyes = (left + right) / 2
    across, down = right - left, lips - eyes
    axis = across - np.array([-down[1], down[0]])
    length = float(np.hypot(*axis))
    if length < 1e-6 or min(float(np.hypot(*across)), float(np.hypot(*down))) < 1:
        raise OptionError("Eyes and mouth lie on one another. Drag the points onto the face.")
    half = max(_FROM_EYES * float(np.hypot(*across)), _FROM_MOUTH * float(np.hypot(*down)))
    centre = eyes + _BELOW_EYES * down
    angle = math.degrees(math.atan2(float(axis[1]), float(axis[0])))
    return Crop(float(centre[0]), float(centre[1]), 2 * half, angle)


def frame_of_landmarks(marks: Sequence[Point]) -> Crop:
    """The frame of five landmarks: two eyes, the nose, two corners of the mouth.

    Raises:
        OptionError: Another number of points, or as `frame_of_face`.
    """
    if len(marks) != 5:
        raise OptionError(f"A face has five landmarks here, not {len(marks)}.")
    corners = (np.asarray(marks[3], np.float64) + np.asarray(marks[4], np.float64)) / 2
    return frame_of_face(marks[0], marks[1], (float(corners[0]), float(corners[1])))
