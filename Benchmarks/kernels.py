"""Times our kernels and their Python peers on the same voxels, in turn, in one run; pores.py does so
with those of segmentation and measurement, and their memory.

    python Benchmarks/kernels.py --edge 256

The mask is a Boolean model of balls (porosity about 0.2), the scans are the mask, blurred. Each line gives median wall and CPU seconds of both, and the ratio of CPU seconds, which other work on
the machine disturbs least.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.ndimage as ndi
from contender import Contender
from skimage.registration import phase_cross_correlation

PROGRAM = Path(__file__).parent / ".build/release/kernels"


def rock(edge: int, seed: int = 1) -> np.ndarray:
    """Balls of radius edge/20 at random places: True in solid, porosity about 0.2."""
    generator = np.random.default_rng(seed)
    radius = edge / 20
    count = round(-np.log(0.2) * edge**3 / (4 / 3 * np.pi * radius**3))
    seeds = np.ones((edge, edge, edge), bool)
    z, y, x = generator.integers(0, edge, (3, count))
    seeds[z, y, x] = False
    return ndi.distance_transform_edt(seeds) <= radius


def timed(work, rounds: int) -> tuple[float, float]:
    runs = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return tuple(statistics.median(column) for column in zip(*runs))


def ours(kernel: str, rounds: int, *volumes: Path) -> tuple[float, float]:
    contender = Contender(f"ours, {kernel}", PROGRAM, kernel, *volumes)
    turns = [contender.turn() for _ in range(rounds)]
    contender.end()
    return tuple(statistics.median(turn[clock] for turn in turns) for clock in ["wall", "cpu"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--edge", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    edge, rounds = arguments.edge, arguments.rounds
    solid = rock(edge)
    pore = ~solid
    grey = ndi.gaussian_filter(np.where(solid, 30000.0, 10000.0), 0.7)
    low = grey[: edge // 4 * 4, : edge // 4 * 4, : edge // 4 * 4]
    low = low.reshape(edge // 4, 4, edge // 4, 4, edge // 4, 4).mean((1, 3, 5)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        part = slice(edge // 8 * 2 + 3, edge // 8 * 2 + 3 + edge // 2)
        arrays = {"mask": solid.astype(np.uint8), "low": low,
                  "high": grey[part, part, part].astype(np.float32)}
        for name, array in arrays.items():
            np.save(base / f"{name}.npy", array)
        path = {name: base / f"{name}.npy" for name in arrays}
        high = arrays["high"]
        upsampled = np.zeros_like(low)
        binned = high[: len(high) // 4 * 4, : len(high) // 4 * 4, : len(high) // 4 * 4]
        n = len(binned) // 4
        upsampled[:n, :n, :n] = binned.reshape(n, 4, n, 4, n, 4).mean((1, 3, 5))
        table = [
            ("distance", "scipy distance_transform_edt", [path["mask"]],
             lambda: ndi.distance_transform_edt(pore)),
            ("components", "scipy label, 6-connected", [path["mask"]], lambda: ndi.label(pore)),
            ("register", "scikit-image phase_cross_correlation, whole-voxel grid of LOW, x100",
             [path["low"], path["high"]],
             lambda: phase_cross_correlation(low, upsampled, upsample_factor=100)),
        ]
        result = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "edge": edge}
        for kernel, peer, volumes, work in table:
            mine, theirs = ours(kernel, rounds, *volumes), timed(work, rounds)
            result[kernel] = {
                "peer": peer, "ours_wall_s": round(mine[0], 3), "ours_cpu_s": round(mine[1], 3),
                "peer_wall_s": round(theirs[0], 3), "peer_cpu_s": round(theirs[1], 3),
                "cpu_ratio": round(mine[1] / theirs[1], 3),
            }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
