"""The log behind "Open log"."""

import logging

from latentstudio.core.log_file import log_handler, log_path

__all__ = ["log_path", "start_log"]


def start_log() -> None:
    """Keep a log from now on."""
    root = logging.getLogger()
    root.addHandler(log_handler())
    root.setLevel(logging.INFO)
