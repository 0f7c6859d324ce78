"""Races the kernels of segmentation and measurement against their peers on a Boolean model of balls.

    python Benchmarks/pores.py --edges 200 300 --parts otsu,median

Every contender is a process that holds its input and takes turns (see contender.py): ours is
Benchmarks/Sources/kernels, the peers are in pore_peers.py. All share one core each, ours once more
takes all. CPU seconds are medians of turns, which other work on the machine disturbs least; wall
seconds are the least. Memory is the largest resident set above that before the first turn, result and
all, as a multiple of the volume in 16 bits. Who takes longer than four seconds has one turn only.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from contender import Contender, race
from phantom import boolean_model, grey_values
from scipy.ndimage import distance_transform_edt
from skimage.feature import peak_local_max

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/kernels"
SLOW_CPU_SECONDS = 4


@dataclass
class Race:
    """A kernel of ours and who does the same."""

    kernel: str
    inputs: list[str]
    # Their names in pore_peers.py, and the largest edge that each takes some two minutes for, no more.
    peers: dict[str, int]
    # Whose results have to be the same number as ours.
    same: set[str] = field(default_factory=set)


EVERY = 10_000
RACES = {
    "otsu": Race("otsu", ["grey"], {"otsu-skimage": EVERY, "otsu-numpy": EVERY}),
    "multi-otsu": Race("multi-otsu", ["grey"], {"multi-otsu-skimage": EVERY}),
    "median": Race("median", ["grey"], {"median-itk": EVERY}, {"median-itk"}),
    "distance": Race("distance", ["solid"], {"edt": EVERY}, {"edt"}),
    "components": Race("components", ["solid"], {"cc3d": EVERY}, {"cc3d"}),
    "components of a noisy mask": Race("components", ["noisy"], {"cc3d": EVERY}, {"cc3d"}),
    "watershed": Race(
        "watershed", ["solid", "centres"], {"watershed-skimage": EVERY}, {"watershed-skimage"}),
    # Ours are the regions of PoreSpy 2.4, which 3 parts a little differently.
    "snow": Race("snow", ["solid"], {"snow-porespy": EVERY}),
    "masked snow": Race("snow-masked", ["solid"], {"snow-porespy": EVERY}),
    "thickness": Race("thickness", ["solid"], {"thickness-porespy": EVERY}),
    "two-point": Race(
        "two-point", ["solid"], {"two-point-porespy": 200, "two-point-scipy": EVERY}),
    "diffusivity": Race("diffusivity", ["solid"], {"diffusivity-porespy": 300}),
    "interface": Race(
        "interface", ["solid"], {"minkowski-quantimpy": EVERY, "marching-cubes-skimage": EVERY}),
    "chords": Race("chords", ["solid"], {"chords-numpy": EVERY}),
}


def write_volumes(edge: int, seed: int, folder: Path) -> dict[str, Path]:
    """The Boolean model, its scan, that scan split at half its contrast, and places to flood from: the
    tops of the distance to solid, four voxels apart at least."""
    solid = boolean_model(edge, seed=seed)
    grey = grey_values(solid, seed)
    centres = np.zeros_like(solid)
    centres[tuple(peak_local_max(distance_transform_edt(solid == 0), 4).T)] = 1
    volumes = {"solid": solid, "grey": grey, "noisy": (grey > 19_456).astype(np.uint8),
               "centres": centres}
    for name, volume in volumes.items():
        np.save(folder / f"{name}-{edge}.npy", volume)
    return {name: folder / f"{name}-{edge}.npy" for name in volumes}


def turns_of(contenders: list[Contender], rounds: int, voxels: int) -> dict:
    """What each took, by name."""
    rows = {}
    for contender in contenders:
        before = contender.memory("VmRSS")
        contender.forget_peak()
        contender.turns.append(contender.turn())
        extra = contender.memory("VmHWM") - before
        rows[contender.name] = {"memory_mb": round(extra, 1),
                                "memory_x": round(extra * 2**20 / (2 * voxels), 3)}
    fast = [one for one in contenders if one.turns[0]["cpu"] < SLOW_CPU_SECONDS]
    for contender in fast:
        contender.turns.clear()
    race(fast, rounds)
    for contender in contenders:
        cpu = statistics.median(turn["cpu"] for turn in contender.turns)
        rows[contender.name] |= {
            "cpu_s": round(cpu, 4), "mvox_per_cpu_s": round(voxels / cpu / 1e6, 2),
            "wall_s": round(min(turn["wall"] for turn in contender.turns), 4),
            "turns": len(contender.turns), "result": contender.check(),
        }
        contender.end()
    return rows


def run(race_: Race, path: dict[str, Path], edge: int, rounds: int) -> dict:
    """One kernel beside its peers on one volume."""
    volumes = [path[name] for name in race_.inputs]
    core = max(os.sched_getaffinity(0))
    peers = [name for name, largest in race_.peers.items() if edge <= largest]
    contenders = [
        Contender("ours", PROGRAM, race_.kernel, *volumes, core=core),
        Contender("ours, all cores", PROGRAM, race_.kernel, *volumes),
        *(Contender(name, sys.executable, HERE / "pore_peers.py", name, *volumes, core=core)
          for name in peers),
    ]
    rows = turns_of(contenders, rounds, edge**3)
    for name in ["ours, all cores", *race_.same]:
        if name in rows:
            assert rows[name]["result"] == rows["ours"]["result"], (
                f"{name} made {rows[name]['result']}, ours {rows['ours']['result']}")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--edges", type=int, nargs="+", default=[200, 300])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--parts", help=f"some of {', '.join(RACES)}")
    parser.add_argument("--seed", type=int, default=3, help="of the model; 3 has a porosity near 0.2")
    arguments = parser.parse_args()
    parts = arguments.parts.split(",") if arguments.parts else list(RACES)
    result = {"machine": f"{platform.machine()}, {os.cpu_count()} cores",
              "python": platform.python_version(), "load_before": os.getloadavg()}
    for package in ["numpy", "scipy", "scikit-image", "SimpleITK", "edt", "connected-components-3d",
                    "porespy", "openpnm", "pyamg", "quantimpy"]:
        result[package] = importlib.metadata.version(package)
    with tempfile.TemporaryDirectory() as folder:
        for edge in arguments.edges:
            path = write_volumes(edge, arguments.seed, Path(folder))
            rows = result[f"{edge}^3"] = {}
            for part in parts:
                rows[part] = run(RACES[part], path, edge, arguments.rounds)
                print(edge, part, json.dumps(rows[part]), file=sys.stderr, flush=True)
    print(json.dumps(result | {"load_after": os.getloadavg()}, indent=2))


if __name__ == "__main__":
    main()
