"""What a reading of the meter and of the second needle takes, against the picture they judge."""

import statistics
import time

import torch

from latentstudio.core.progress import run
from latentstudio.density import teaching
from latentstudio.density.reference import measure
from latentstudio.inversion.features import features
from latentstudio.render.pipeline import Pipeline
from latentstudio.session.models import open_model

MOST_READING = 1 / 15  # of the picture; 1 ms where a picture takes 15
MOST_JUDGED = 1 / 3
ROUNDS = 40


def test_readings_against_the_picture(figure, monkeypatch):
    generator = run(open_model("portraits", "cpu"))
    density = run(measure(generator))
    monkeypatch.setattr(teaching, "SECONDS", 5.0)
    judge = run(teaching.teach(generator, density, features(generator.device).pooled))
    pipeline = Pipeline(generator, density)
    latents = pipeline.from_seeds([3])
    mixed = latents.codes.clone()
    mixed[:, 5:] += 0.1
    sides = {
        "picture": lambda: pipeline.images(latents),
        "reading in W": lambda: density.readings(latents.codes),
        "reading in W+": lambda: density.readings(mixed),
        "judged": lambda: judge.read(generator, latents.codes, None, 0.0),
    }
    times = {name: [] for name in sides}
    with torch.inference_mode():
        for _ in range(ROUNDS):
            for name, once in sides.items():
                began = time.process_time()
                once()
                times[name].append(time.process_time() - began)
    took = {name: statistics.median(some) for name, some in times.items()}
    for name, seconds in took.items():
        figure(f"density: {name}, processor time", 1000 * seconds, "ms")
    for name, most in (("reading in W", MOST_READING), ("reading in W+", MOST_READING)):
        assert figure(f"density: {name} over the picture", took[name] / took["picture"], "×", most)
    judged = took["judged"] / took["picture"]
    assert figure("density: judged over the picture", judged, "×", MOST_JUDGED)
