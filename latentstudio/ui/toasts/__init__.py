"""Short messages at the bottom right of the canvas."""

from latentstudio.ui.toasts.toasts import ToastStack

__all__ = ["ToastStack"]
