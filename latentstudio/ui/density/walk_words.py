"""Names of the walks on screen."""

from collections.abc import Mapping

from latentstudio.core.marked import marked
from latentstudio.core.walk import Walk

NAMES: Mapping[Walk, str] = {
    "straight": marked("Straight"),
    "preserve": marked("On shell"),
    "geodesic": marked("Great circle"),
}
TIPS: Mapping[Walk, str] = {
    "straight": marked("Sliders go straight on, and may lead off the shell"),
    "preserve": marked("Sliders bend along the shell, at most a quarter turn"),
    "geodesic": marked("Sliders turn along the shell, as far as you push them"),
}
