"""Spaces are surveyed with fewer samples: the toys have 16 dimensions, not 512."""

import pytest

from latentstudio.discovery import latents


@pytest.fixture(autouse=True)
def quick_survey(monkeypatch):
    monkeypatch.setattr(latents, "SAMPLES", 4096)
