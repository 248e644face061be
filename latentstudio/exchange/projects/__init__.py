"""The project file and the recipe in a picture: what they hold, how they are written and read."""

from latentstudio.exchange.projects.project import ModelRef, Project
from latentstudio.exchange.projects.project_file import ENDING, read_project, write_project

__all__ = ["ENDING", "ModelRef", "Project", "read_project", "write_project"]
