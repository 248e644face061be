"""Which build of torch this machine wants, and how pip is asked for it.

PyPI's torch is the CUDA 13 build on Linux, a CPU build on Windows and the Metal build on macOS;
the others come from PyTorch's own index. A way that cannot be had is followed by the next.
"""

import shutil
from dataclasses import dataclass

INDEX = "https://download.pytorch.org/whl/"
CUDA_13_DRIVER = 580  # the first NVIDIA driver that runs CUDA 13


@dataclass(frozen=True)
class TorchBuild:
    """A build's name, kept in the stamp, and pip's arguments for it: first way first."""

    name: str
    ways: tuple[tuple[str, ...], ...]


def hint() -> str:
    """A cheap sign (no process started) that a graphics card has come or gone."""
    return "nvidia" if shutil.which("nvidia-smi") else "none"


def nvidia_driver() -> int:
    """The major version of the NVIDIA driver, 0 where no NVIDIA card answers."""
    if not shutil.which("nvidia-smi"):
        return 0
    import subprocess

    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    major = done.stdout.strip().split(".")[0]
    return int(major) if done.returncode == 0 and major.isdigit() else 0


def torch_build(system: str, driver: int, pin: str) -> TorchBuild:
    """The build for a system (sys.platform) and an NVIDIA driver (0: none); pin: torch==X."""
    if system == "darwin":
        return TorchBuild("metal", ((pin,),))
    if driver:
        return _cuda(system, driver, pin)
    if system == "win32":
        return TorchBuild("cpu", ((pin,),))
    local = f"{pin}+cpu"
    return TorchBuild("cpu", ((local,), (local, "--index-url", INDEX + "cpu"), (pin,)))


def _cuda(system: str, driver: int, pin: str) -> TorchBuild:
    """CUDA 13 where the driver can, else 12.6; any build rather than none."""
    exact = pin.replace("==", "===")  # never a CPU build that lies nearer (2.13.0+cpu)
    name, folder = ("cuda13", "cu130") if driver >= CUDA_13_DRIVER else ("cuda12", "cu126")
    from_index = (f"{pin}+{folder}", "--index-url", INDEX + folder)
    if system == "win32" or name == "cuda12":
        return TorchBuild(name, (from_index, (pin,)))
    return TorchBuild(name, ((exact,), from_index, (pin,)))
