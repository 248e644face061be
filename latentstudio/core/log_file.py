"""The log file: what a person can send when something went wrong."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from latentstudio.core import paths


def log_path() -> Path:
    """Where the log is kept."""
    return paths.data_dir() / "latentstudio.log"


def log_handler() -> logging.Handler:
    """Writes to the file, or to stderr where its folder can't be written."""
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            log_path(), maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
