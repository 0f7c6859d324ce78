"""Races tomopair's registration against SimpleITK, spam and scikit-image on phantoms of known pose.

    python Benchmarks/registration.py --cases shift,turn-1.5,tilt-5,part --trials 3

Every contender is a process of its own and reads the same two arrays; reading them and loading
libraries is not timed. tomopair and scikit-image get no start. SimpleITK and spam need one, and are
given the truth but for 1 degree, half a percent and one LOW voxel along each axis. The error is that
of the worst of HIGH's corners, in HIGH voxels. Prints a Markdown table.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PROGRAM = Path(__file__).parent / ".build/release/registration-study"

# The Gaussian that brings HIGH to LOW's sharpness beside LOW's voxel, in LOW voxels. The phantoms'
# is 0.42; contenders that have to be told get this.
BLUR = 0.42


def turned(axis: np.ndarray, degrees: float, scale: float) -> np.ndarray:
    """The linear map (z, y, x) of a rotation and a scale."""
    z, y, x = axis / np.linalg.norm(axis)
    cross = np.array([[0, x, -y], [-x, 0, z], [y, -z, 0]])
    angle = np.radians(degrees)
    return scale * (np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def near(truth: dict, extent: np.ndarray) -> np.ndarray:
    """A start: the truth, turned, stretched and moved a little about HIGH's middle."""
    matrix = np.array(truth["highToLow"])
    middle = matrix[:3, :3] @ (extent / 2) + matrix[:3, 3]
    start = np.eye(4)
    start[:3, :3] = turned(np.array([1.0, 1, 1]), 1, 1.005) @ matrix[:3, :3]
    start[:3, 3] = middle + truth["lowVoxelInMicrometres"] - start[:3, :3] @ (extent / 2)
    return start


def binned(high: np.ndarray, factor: int, blur: float) -> np.ndarray:
    """HIGH as LOW's voxels see it."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(high, blur * factor)
    n = [extent // factor for extent in high.shape]
    smooth = smooth[: n[0] * factor, : n[1] * factor, : n[2] * factor]
    return smooth.reshape(n[0], factor, n[1], factor, n[2], factor).mean((1, 3, 5))


def simple_itk(low: np.ndarray, high: np.ndarray, truth: dict, start: np.ndarray):
    import SimpleITK as sitk

    def image(array, voxel):
        made = sitk.GetImageFromArray(array)
        made.SetSpacing([voxel] * 3)
        made.SetOrigin([voxel / 2] * 3)
        return made

    fixed = image(low, truth["lowVoxelInMicrometres"])
    moving = image(high, truth["highVoxelInMicrometres"])
    flip = np.eye(4)[[2, 1, 0, 3]]
    inverse = np.linalg.inv(flip @ start @ flip)

    def work():
        # A box of LOW's voxel varies by a twelfth of its square.
        sigma = truth["lowVoxelInMicrometres"] * (BLUR**2 + 1 / 12) ** 0.5
        smooth = sitk.SmoothingRecursiveGaussian(moving, sigma)
        scale = np.linalg.det(inverse[:3, :3]) ** (1 / 3)
        transform = sitk.Similarity3DTransform()
        centre = np.array(low.shape[::-1]) * truth["lowVoxelInMicrometres"] / 2
        transform.SetCenter(centre.tolist())
        # The rotation as ITK's matrix, a versor inside.
        transform.SetMatrix(inverse[:3, :3].ravel().tolist(), 1e-6)
        offset = inverse[:3, :3] @ centre + inverse[:3, 3] - centre
        transform.SetTranslation(offset.tolist())
        assert abs(transform.GetScale() - scale) < 1e-6
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsCorrelation()
        method.SetInterpolator(sitk.sitkLinear)
        method.SetOptimizerAsRegularStepGradientDescent(
            learningRate=1.0, minStep=1e-4, numberOfIterations=300,
            gradientMagnitudeTolerance=1e-9)
        method.SetOptimizerScalesFromPhysicalShift()
        method.SetShrinkFactorsPerLevel([4, 2, 1])
        method.SetSmoothingSigmasPerLevel([2, 1, 0])
        method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOff()
        method.SetInitialTransform(transform, inPlace=True)
        method.Execute(fixed, smooth)
        found = np.eye(4)
        found[:3, :3] = np.array(transform.GetMatrix()).reshape(3, 3)
        found[:3, 3] = (
            np.array(transform.GetTranslation()) + centre - found[:3, :3] @ centre)
        return flip @ np.linalg.inv(found) @ flip

    return work


def spam(low: np.ndarray, high: np.ndarray, truth: dict, start: np.ndarray):
    import spam.DIC

    low_voxel, high_voxel = truth["lowVoxelInMicrometres"], truth["highVoxelInMicrometres"]
    factor = round(low_voxel / high_voxel)
    cell = factor * high_voxel
    # Compiles what spam compiles when it is first used.
    sample = low[:16, :16, :16].astype("<f4")
    spam.DIC.register(
        sample, sample, margin=3, maxIterations=2, updateGradient=True, interpolationOrder=3,
        interpolator="python")

    def work():
        small = binned(high, factor, BLUR)
        moving = ((low - low.mean()) / low.std() * small.std() + small.mean()).astype("<f4")
        small = small.astype("<f4")
        middle = (np.array(small.shape) - 1) / 2
        centred = (np.array(low.shape) - 1) / 2
        # From voxels of the binned HIGH about its middle to voxels of LOW about LOW's.
        guess = np.eye(4)
        guess[:3, :3] = start[:3, :3] * cell / low_voxel
        where = start[:3, :3] @ ((middle + 0.5) * cell) + start[:3, 3]
        guess[:3, 3] = where / low_voxel - 0.5 - centred
        # Only cells that the start lays well into LOW are compared.
        cells = np.indices(small.shape).reshape(3, -1) - middle[:, None]
        places = guess[:3, :3] @ cells + (guess[:3, 3] + centred)[:, None]
        last = np.array(low.shape)[:, None] - 1
        inside = ((places > 4) & (places < last - 4)).all(0).reshape(small.shape)
        found = spam.DIC.register(
            small, moving, im1mask=inside, PhiInit=guess, margin=4, maxIterations=100, deltaPhiMin=1e-5,
            updateGradient=True, interpolationOrder=3, interpolator="python")
        phi = found["Phi"]
        matrix = np.eye(4)
        matrix[:3, :3] = phi[:3, :3] * low_voxel / cell
        where = (phi[:3, 3] + centred + 0.5) * low_voxel
        matrix[:3, 3] = where - matrix[:3, :3] @ ((middle + 0.5) * cell)
        return matrix

    return work


def scikit_image(low: np.ndarray, high: np.ndarray, truth: dict, start: np.ndarray):
    from skimage.registration import phase_cross_correlation

    low_voxel, high_voxel = truth["lowVoxelInMicrometres"], truth["highVoxelInMicrometres"]
    factor = round(low_voxel / high_voxel)

    def work():
        small = binned(high, factor, 0)
        padded = np.zeros(low.shape, np.float32)
        padded[tuple(slice(0, n) for n in small.shape)] = small - small.mean()
        shift, _, _ = phase_cross_correlation(
            low - low.mean(), padded, upsample_factor=100, normalization=None)
        matrix = np.eye(4)
        matrix[:3, 3] = np.where(shift < 0, shift + low.shape, shift) * low_voxel
        # A shift of nearly all of LOW is one to the other side.
        wrapped = matrix[:3, 3] > (np.array(low.shape) - np.array(small.shape) / 2) * low_voxel
        matrix[:3, 3] -= wrapped * np.array(low.shape) * low_voxel
        return matrix

    return work


CONTENDERS = {
    "SimpleITK similarity, started near": simple_itk,
    "spam affine, started near": spam,
    "scikit-image shift": scikit_image,
}


def contend(name: str, folder: Path) -> None:
    """The work of one process."""
    truth = json.loads((folder / "truth.json").read_text())
    low, high = np.load(folder / "low.npy"), np.load(folder / "high.npy")
    extent = np.array(high.shape) * truth["highVoxelInMicrometres"]
    work = CONTENDERS[name](low, high, truth, near(truth, extent))
    wall, cpu = time.perf_counter(), time.process_time()
    matrix = work()
    print(json.dumps({
        "matrix": matrix.tolist(), "wallSeconds": time.perf_counter() - wall,
        "processorSeconds": time.process_time() - cpu}))


def measured(command: list[str]) -> dict:
    """What a process answers, with the largest memory it held, in MiB."""
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[0]} failed with {process.returncode}: {command}")
        answer.seek(0)
        # Libraries may chat before the answer.
        line = answer.read().decode().strip().splitlines()[-1]
    return json.loads(line) | {"memory": usage.ru_maxrss / 1024}


def corner_error(matrix: np.ndarray, folder: Path) -> float:
    truth = json.loads((folder / "truth.json").read_text())
    shape = np.array(np.load(folder / "high.npy", mmap_mode="r").shape)
    corners = np.array([[z, y, x, 1] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
    corners[:, :3] *= shape * truth["highVoxelInMicrometres"]
    true = np.array(truth["highToLow"])
    apart = corners @ (np.array(matrix) - true).T
    scale = abs(np.linalg.det(true[:3, :3])) ** (1 / 3)
    return np.linalg.norm(apart, axis=1).max() / (truth["highVoxelInMicrometres"] * scale)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", default="shift,turn-1.5,turn-1.5-flaws,tilt-5,part")
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--pair", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        contend(arguments.contender, arguments.pair)
        return
    print("| case | contender | median corner error | largest | wall s | CPU s | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for case in arguments.cases.split(","):
            folder = Path(scratch) / case
            exported = subprocess.run(
                [PROGRAM, "export", folder, "--cases", case, "--trials", str(arguments.trials)],
                check=True, capture_output=True, text=True).stdout
            pairs = [Path(line) for line in exported.splitlines()]
            commands = {"tomopair": lambda pair: [str(PROGRAM), "register", str(pair)]}
            for name in CONTENDERS:
                commands[name] = lambda pair, name=name: [
                    sys.executable, __file__, "--contender", name, "--pair", str(pair)]
            runs = {name: [] for name in commands}
            for pair in pairs:
                for name, command in commands.items():
                    run = measured(command(pair))
                    runs[name].append(run | {"error": corner_error(run["matrix"], pair)})
            for name, of_name in runs.items():
                errors = [run["error"] for run in of_name]
                middle = {key: statistics.median(run[key] for run in of_name)
                          for key in ("wallSeconds", "processorSeconds", "memory")}
                print(f"| {case} | {name} | {statistics.median(errors):.3g} | {max(errors):.3g} "
                      f"| {middle['wallSeconds']:.2f} | {middle['processorSeconds']:.2f} "
                      f"| {middle['memory']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
