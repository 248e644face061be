"""Errors that reach the user. Each is one sentence: what is wrong and what to do."""


class LatentStudioError(Exception):
    """Base of every expected failure; its text is shown as it stands.

    Args:
        message: One sentence a person understands, without stack details.
        hint: What to do about it, when the message does not say so already.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def sentence(self) -> str:
        """Message and hint as one text, for stderr or a toast."""
        return f"{self} {self.hint}".strip()


class ShapeError(LatentStudioError):
    """A tensor had a shape other than the one a function documents."""


class FileError(LatentStudioError):
    """A file could not be read or written."""


class CheckpointError(FileError):
    """A model file is missing, broken, hostile, or of no family we know."""


class UnknownModelError(CheckpointError):
    """A model file is sound but of no family that is known now; a plugin may know it."""


class PresetError(FileError):
    """A preset could not be read or written."""


class ProjectError(FileError):
    """A project, or the recipe in a picture, could not be read or written."""


class OptionError(LatentStudioError):
    """An option is unknown or outside its range."""


class AbilityError(LatentStudioError):
    """The open model lacks something a method needs; the message says what."""


class ResourceError(LatentStudioError):
    """Memory or disk ran out."""


class PluginError(LatentStudioError):
    """A plugin can't be read, was not allowed, or failed; the message names it."""
