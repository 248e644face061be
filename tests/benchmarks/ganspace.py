"""GANSpace's time and memory, and that memory does not grow with the number of samples.

    python -m tests.benchmarks.ganspace [MODEL ...]

Each figure comes from a process of its own. Memory is what the method adds to the peak of opening
the model and making 256 pictures' worth of it (`samples=300` runs first).
"""

import argparse
import json
import subprocess
import sys
import time

import torch

from latentstudio.core.progress import run
from latentstudio.discovery import ganspace
from latentstudio.discovery.ganspace import GanspaceOptions
from latentstudio.session.models import open_model
from tests.benchmarks.discovery import peak

SAMPLES = (1_000, 10_000, 100_000)


def measure(model: str, samples: int) -> dict[str, float]:
    """Processor seconds and MB above the peak that was there before."""
    torch.set_num_threads(1)
    generator = run(open_model(model, "cpu"))
    count = min(20, generator.info.code_dim)
    run(ganspace.discover(generator, GanspaceOptions(count=count, samples=300)))
    before, began = peak(), time.process_time()
    run(ganspace.discover(generator, GanspaceOptions(count=count, samples=samples)))
    return {"seconds": round(time.process_time() - began, 1), "memory, MB": peak() - before}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["portraits"])
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(measure(given.models[0], given.alone)))  # noqa: T201
        return
    report = {model: {str(n): alone(model, n) for n in SAMPLES} for model in given.models}
    print(json.dumps(report, indent=1))  # noqa: T201


def alone(model: str, samples: int) -> dict[str, float]:
    """The measurement in another process."""
    argv = [sys.executable, "-m", "tests.benchmarks.ganspace", model, "--alone", str(samples)]
    found: dict[str, float] = json.loads(
        subprocess.run(argv, capture_output=True, check=True).stdout
    )
    return found


if __name__ == "__main__":
    main()
