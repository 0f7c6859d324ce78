"""Times `tomopair convert` and ingest against tifffile + h5py on one large stack, in one run.

    python Benchmarks/streaming.py --program .build/release/tomopair --gib 4 --scratch /var/tmp

The stack is a folder of uncompressed uint16 slices of smooth texture with noise, so that deflate has
honest work. Every contender reads the same files and writes the same voxels to HDF5 with 64^3 chunks,
shuffle and deflate 1. Contenders take turns, and the medians and their ratios are printed with the
largest memory each process held.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

PEER = textwrap.dedent("""
    import sys
    from pathlib import Path
    import h5py, numpy, tifffile
    files = sorted(Path(sys.argv[1]).glob("*.tif"))
    first = tifffile.imread(files[0])
    with h5py.File(sys.argv[2], "w") as out:
        data = out.create_dataset("/exchange/data", (len(files), *first.shape), first.dtype,
                                  chunks=(64, 64, 64), shuffle=True, compression="gzip",
                                  compression_opts=1)
        slab = numpy.empty((64, *first.shape), first.dtype)
        for z in range(0, len(files), 64):
            part = files[z:z + 64]
            for k, name in enumerate(part):
                slab[k] = tifffile.imread(name)
            data[z:z + len(part)] = slab[:len(part)]
""")


def make_stack(folder: Path, gib: float, edge: int) -> int:
    """Writes slices of edge x edge voxels until `gib` GiB are there; returns their number."""
    import numpy
    import tifffile

    folder.mkdir()
    count = round(gib * 2**30 / (edge * edge * 2))
    generator = numpy.random.default_rng(1)
    y, x = numpy.mgrid[:edge, :edge].astype(numpy.float32)
    noise = generator.normal(0, 900, (edge + 512, edge + 512)).astype(numpy.float32)
    for z in range(count):
        texture = numpy.sin(x / 17 + z / 23) * numpy.sin(y / 13 - z / 31) * 6000
        dy, dx = generator.integers(0, 512, 2)
        plane = 30000 + texture + noise[dy:dy + edge, dx:dx + edge]
        tifffile.imwrite(folder / f"slice_{z:05d}.tif", plane.astype(numpy.uint16))
    return count


def timed(command: list[str]) -> dict:
    """Runs a command to its end; wall and CPU seconds, and the largest resident memory of any process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{errors.decode()}")
    return {
        "wall_s": time.perf_counter() - start,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=".build/release/tomopair")
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--edge", type=int, default=1024, help="rows and columns of a slice")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", default=None, help="a folder on the disk to be measured")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        base = Path(scratch)
        slices = make_stack(base / "stack", arguments.gib, arguments.edge)
        (base / "manifest.yaml").write_text(textwrap.dedent("""
            dataset: {name: streaming, scale: 4}
            samples:
              - {id: big, material: texture, low: none, high: {path: stack, voxel_size: 2 um}}
        """))
        contenders = {
            "tifffile + h5py": [sys.executable, "-c", PEER, str(base / "stack"), str(base / "p.h5")],
            "tomopair convert": [arguments.program, "convert", str(base / "stack"),
                                 str(base / "c.h5"), "--overwrite"],
            "tomopair build --until ingest": [
                arguments.program, "build", str(base / "manifest.yaml"), "--output",
                str(base / "out"), "--until", "ingest", "--memory", "500M"],
        }
        runs: dict[str, list[dict]] = {name: [] for name in contenders}
        for _ in range(arguments.rounds):
            for name, command in contenders.items():
                shutil.rmtree(base / "out", ignore_errors=True)
                runs[name].append(timed(command))
    peer = statistics.median(run["wall_s"] for run in runs["tifffile + h5py"])
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "stack": f"{slices} slices of {arguments.edge}x{arguments.edge} uint16",
        "contenders": {
            name: {
                "wall_s": round(statistics.median(run["wall_s"] for run in done), 2),
                "cpu_s": round(statistics.median(run["cpu_s"] for run in done), 2),
                "peak_mb": round(max(run["peak_mb"] for run in done)),
                "wall_over_peer": round(
                    statistics.median(run["wall_s"] for run in done) / peer, 3),
            }
            for name, done in runs.items()
        },
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
