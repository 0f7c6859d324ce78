"""Races the trainer's parts against their peers in Python, in turns, in one run; prints JSON.

    python Benchmarks/training.py --rounds 5 --parts step

Every contender is a process that stays warm and does a little work when it is its turn: ours is
Benchmarks/Sources/training-speed, the peers are in Benchmarks/peers.py. Rates are by CPU seconds, which
other work on the machine disturbs least: what one idle core would do. Steps are given as medians of
turns; what is drawn at random costs more or less from draw to draw, and is given as the mean.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import pty
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.ndimage as ndi
from contender import Contender, race

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/training-speed"
RECIPE = HERE.parent / "manifests/training/tomography-quick.yaml"


def start(name: str, *command: object, ours: bool) -> Contender:
    program = [PROGRAM] if ours else [sys.executable, HERE / "peers.py"]
    environment = None if "--threads" in command else os.environ | {"OMP_NUM_THREADS": "1"}
    return Contender(name, *program, *command, environment=environment)


def race_warm(contenders: list[Contender], rounds: int) -> None:
    """Gives every contender a turn to warm up, then turns in rounds."""
    for one in contenders:
        one.before = one.memory("VmRSS")
        one.turn()
    race(contenders, rounds)
    for one in contenders:
        one.peak = one.memory("VmHWM")
        one.end()


def race_steps(rounds: int, numbers_of_threads: list[int]) -> dict:
    result = {}
    for network, batch in [("edsr", 4), ("rrdb", 2)]:
        for threads in numbers_of_threads:
            words = ["step", network, "--batch", batch, "--threads", threads]
            contenders = [
                start(name + layout, *words, *option, ours=name == "ours")
                for layout, option in [("", []), (", channels last", ["--channels-last"])]
                for name in ["ours", "PyTorch"]
            ]
            parameters = {contender.facts["parameters"] for contender in contenders}
            assert len(parameters) == 1, "the networks are not the same"
            race_warm(contenders, rounds)
            rows = {
                contender.name: {
                    "wall_s": round(statistics.median(t["wall"] for t in contender.turns), 3),
                    "cpu_s": round(statistics.median(t["cpu"] for t in contender.turns), 3),
                    "peak_mb": round(contender.peak),
                    "peak_over_start_mb": round(contender.peak - contender.before),
                }
                for contender in contenders
            }
            best = {
                side: min((row for name, row in rows.items() if name.startswith(side)),
                          key=lambda row: row["cpu_s"])
                for side in ["ours", "PyTorch"]
            }
            result[f"{network}, batch {batch} of 48 x 48 LOW, {threads} thread(s)"] = rows | {
                f"{figure}_ratio": round(best["ours"][figure] / best["PyTorch"][figure], 3)
                for figure in ["wall_s", "cpu_s", "peak_mb", "peak_over_start_mb"]
            }
    return result


def rates(contenders: list[Contender], rounds: int) -> dict:
    """Things a second of all turns together."""
    race_warm(contenders, rounds)
    rows = {}
    for contender in contenders:
        count, wall, cpu = (
            sum(turn[key] for turn in contender.turns) for key in ["count", "wall", "cpu"])
        rows[contender.name] = {
            "count": count, "per_cpu_s": round(count / cpu, 1), "per_wall_s": round(count / wall, 1)}
    return rows


def grey_patches(depth: int, edge: int) -> np.ndarray:
    """Grains and pores with soft edges and noise, in 0...1."""
    generator = np.random.default_rng(1)
    field = ndi.gaussian_filter(generator.normal(size=(depth, edge, edge)), 4, mode="wrap")
    solid = np.where(field > -0.8 * field.std(), 0.7, 0.2)
    noise = generator.normal(0, 0.03, solid.shape)
    return (ndi.gaussian_filter(solid, 1) + noise).clip(0, 1).astype(np.float32)


def race_degradations(rounds: int, base: Path) -> dict:
    volume = grey_patches(64, 400)
    arrays = {"slice": volume[:1], "block": volume[:4], "square": volume[:1, :320, :320],
              "whole": volume[:, :256, :256]}
    for name, array in arrays.items():
        np.save(base / f"{name}.npy", array)
    path = {name: base / f"{name}.npy" for name in arrays}

    def ours(name: str, profile: str, patch: str, *options: object) -> Contender:
        return start(f"ours, {name}", "degrade", profile, path[patch], *options, ours=True)

    return {
        "second order, 400 x 400 to 100 x 100": rates([
            ours("one channel", "real-esrgan", "slice"),
            start("BasicSR, RGB", "real-esrgan", path["slice"], ours=False),
        ], 4 * rounds),
        "the same with sharpened targets, as published": rates([
            ours("one channel", "real-esrgan", "slice", "--sharpened"),
            start("BasicSR, RGB", "real-esrgan", path["slice"], "--sharpened", ours=False),
        ], rounds),
        "BSRGAN, 320 x 320 to 72 x 72": rates([
            ours("one channel", "bsrgan", "square"),
            start("BSRGAN's authors, RGB", "bsrgan", path["square"], ours=False),
        ], 2 * rounds),
        "our other profiles, 4 slices of 400 x 400 to one of 100 x 100": rates([
            ours("tomography", "tomography", "block"),
            ours("fitted", "fitted", "block", "--fitting-to", path["whole"]),
        ], 4 * rounds),
    }


def race_patches(rounds: int, base: Path) -> dict:
    import cv2

    low = grey_patches(24, 120)
    high = ndi.zoom(low, 4, order=1, grid_mode=True, mode="nearest")
    high += np.random.default_rng(2).normal(0, 0.02, high.shape)
    (base / "png").mkdir()
    (base / "workspace").mkdir()
    low, high = ((array.clip(0, 1) * 65535).astype(np.uint16) for array in (low, high))
    np.save(base / "low.npy", low)
    np.save(base / "high.npy", high)
    for z in range(len(low)):
        cv2.imwrite(str(base / f"png/low-{z:02}.png"), low[z])
        cv2.imwrite(str(base / f"png/high-{z:02}.png"), high[4 * z + 2])
    return rates([
        start("ours", "patches", base / "low.npy", base / "high.npy", base / "workspace",
              ours=True),
        start("PNG, BasicSR", "patches", base / "png", ours=False),
    ], rounds)


def waiting(trainer: Path, workspace: Path, seconds: float, base: Path) -> dict:
    """What a run of tomography-quick says of its waiting after `seconds`, in a workspace beside."""
    copy = base / "beside"
    copy.mkdir()
    for entry in workspace.resolve().iterdir():
        if entry.name != "runs":
            (copy / entry.name).symlink_to(entry)
    # Only a terminal is shown a line of progress.
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [trainer, "train", copy, "--recipe", RECIPE], stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    text, began = "", None
    while True:
        try:
            text += os.read(ours, 65536).decode(errors="replace")
        except OSError:  # The terminal is closed: the run is over.
            break
        if began is None and "waiting" in text:
            began = time.perf_counter()
        if began is not None and time.perf_counter() - began > seconds:
            process.send_signal(signal.SIGINT)
            seconds = float("inf")
    process.wait()
    lines = re.findall(r"[^\r\n]*step (\d+) of[^\r\n]*?([\d.]+) patches/s, ([\d.]+) % waiting", text)
    if not lines:
        return {"not measured": "the run showed no progress", "said": text[-500:]}
    step, pace, share = lines[-1]
    return {"steps": int(step), "patches_per_s": float(pace), "waited_percent": float(share)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", default="step,degrade,patches,wait")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="of a step")
    parser.add_argument("--trainer", type=Path, default=HERE.parent / ".build/release/tomopair-train")
    parser.add_argument("--workspace", type=Path, help="of tomopair build, for the share of waiting")
    parser.add_argument("--seconds", type=float, default=60, help="how long the run for it trains")
    arguments = parser.parse_args()
    wanted = arguments.parts.split(",")
    result = {"machine": f"{platform.machine()}, {os.cpu_count()} cores",
              "python": platform.python_version(), "load_before": os.getloadavg()}
    for package in ["numpy", "scipy", "opencv-python-headless", "basicsr", "bsrgan"]:
        result[package] = importlib.metadata.version(package)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        if "step" in wanted:
            result["training step"] = race_steps(arguments.rounds, arguments.threads)
        if "degrade" in wanted:
            result["degradations"] = race_degradations(arguments.rounds, base)
        if "patches" in wanted:
            result["pairs of 192 + 48, 16 bits, one thread"] = race_patches(arguments.rounds, base)
        if "wait" in wanted and arguments.workspace:
            result["tomography-quick"] = waiting(
                arguments.trainer, arguments.workspace, arguments.seconds, base)
    print(json.dumps(result | {"load_after": os.getloadavg()}, indent=2))


if __name__ == "__main__":
    main()
