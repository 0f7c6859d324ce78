"""The peers of Benchmarks/pores.py: each takes a turn for every line it reads, and says what it took.

    python Benchmarks/pore_peers.py edt mask.npy

Each is called as its documentation shows, on voxels that it takes as they are. Before its first turn
it has worked on a small part, so that no turn imports or compiles.
"""

import ctypes
import os
import sys

import numpy as np
from turns import take_turns


def sum_of_squared_sizes(labels) -> float:
    """Does not ask how regions are numbered."""
    return float((np.bincount(np.ravel(labels))[1:] ** 2).sum())


def total(array) -> float:
    return float(np.sum(array, dtype=np.float64))


def nothing(_) -> float:
    return 0.0


# Grey values


def otsu_skimage(path):
    from skimage.filters import threshold_otsu
    return np.load(path), threshold_otsu, float


def otsu_numpy(path):
    """Otsu's method in three lines of numpy, in double precision."""
    levels = np.arange(65536.0)

    def otsu(grey):
        counts = np.bincount(grey.ravel(), minlength=65536).astype(float)
        below, sums = counts.cumsum(), (counts * levels).cumsum()
        with np.errstate(invalid="ignore", divide="ignore"):
            between = (sums[-1] * below - below[-1] * sums) ** 2 / (below * (below[-1] - below))
        return np.nanargmax(between)
    return np.load(path), otsu, float


def multi_otsu_skimage(path):
    from skimage.filters import threshold_multiotsu
    return np.load(path), threshold_multiotsu, lambda levels: levels[0] / 1000 + levels[1]


def median_itk(path):
    import SimpleITK as sitk
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    image = sitk.GetImageFromArray(np.load(path))
    return image, lambda image: sitk.Median(image, [1, 1, 1]), lambda image: total(
        sitk.GetArrayViewFromImage(image))


# Pores


def pores(path) -> np.ndarray:
    return np.load(path) == 0


def edt(path):
    from edt import edtsq
    return pores(path), lambda mask: edtsq(mask, parallel=1), total


def cc3d(path):
    from cc3d import connected_components
    return pores(path), lambda mask: connected_components(mask, connectivity=6), total


def watershed_skimage(path, centres):
    from scipy.ndimage import distance_transform_edt
    from skimage.segmentation import watershed
    mask = pores(path)
    marked = np.load(centres) > 0
    count = marked.sum()
    markers = np.zeros(mask.shape, np.int32)
    markers[marked] = np.arange(1, count + 1)
    landscape = -np.rint(distance_transform_edt(mask) ** 2)
    # Of two markers of one level either may be flooded first; lowered by parts of a level, the first in
    # storage order is, as with ours.
    landscape[marked] -= np.arange(count, 0, -1) / (2 * count)
    return (landscape, markers, mask), lambda three: watershed(
        three[0], three[1], mask=three[2]), sum_of_squared_sizes


def porespy():
    import porespy
    porespy.settings.tqdm["disable"] = True
    porespy.settings.ncores = 1
    return porespy


def snow_porespy(path):
    filters = porespy().filters
    return pores(path), lambda mask: filters.snow_partitioning(mask).regions, sum_of_squared_sizes


def thickness_porespy(path):
    filters = porespy().filters
    return pores(path), lambda mask: filters.local_thickness(mask, method="bf"), lambda radii: float(
        radii[radii > 0].mean())


# Measures


def minkowski_quantimpy(path):
    from quantimpy.minkowski import functionals
    return pores(path), functionals, lambda found: float(found[1] * 8)


def marching_cubes_skimage(path):
    from skimage.measure import euler_number, marching_cubes, mesh_surface_area

    def measure(mask):
        vertices, faces, _, _ = marching_cubes(mask, 0.5)
        return mesh_surface_area(vertices, faces), euler_number(mask, 1), euler_number(mask, 3)
    return pores(path).astype(np.float32), measure, lambda found: float(found[0])


def two_point_porespy(path):
    metrics = porespy().metrics
    return pores(path), metrics.two_point_correlation, nothing


def two_point_scipy(path):
    """Along the three axes only, by transforms of rows."""
    from scipy import fft

    def correlate(mask):
        curves = []
        for axis in range(3):
            extent = mask.shape[axis]
            length = fft.next_fast_len(extent + 64, real=True)
            waves = fft.rfft(mask.astype(np.float32), length, axis=axis)
            pairs = fft.irfft(waves.real**2 + waves.imag**2, length, axis=axis)
            across = tuple(other for other in range(3) if other != axis)
            counts = (extent - np.arange(65)) * mask.size / extent
            curves.append(pairs.sum(across, dtype=np.float64)[:65] / counts)
        return curves
    return pores(path), correlate, lambda curves: float(curves[0][1])


def chords_numpy(path):
    """Lengths of all runs of pore along the three axes, cut ones too."""
    def measure(mask):
        lengths = []
        for axis in range(3):
            rows = np.moveaxis(mask, axis, -1).reshape(-1, mask.shape[axis])
            ends = np.diff(np.pad(rows, ((0, 0), (1, 1))).astype(np.int8), axis=1).ravel()
            lengths.append(np.bincount(np.flatnonzero(ends == -1) - np.flatnonzero(ends == 1)))
        return lengths
    return pores(path), measure, nothing


def diffusivity_porespy(path):
    simulations = porespy().simulations
    return pores(path), lambda mask: simulations.tortuosity_fd(mask, axis=0), lambda found: float(
        found.formation_factor)


PEERS = {
    "otsu-skimage": otsu_skimage, "otsu-numpy": otsu_numpy, "multi-otsu-skimage": multi_otsu_skimage,
    "median-itk": median_itk, "edt": edt, "cc3d": cc3d, "watershed-skimage": watershed_skimage,
    "snow-porespy": snow_porespy, "thickness-porespy": thickness_porespy,
    "minkowski-quantimpy": minkowski_quantimpy, "marching-cubes-skimage": marching_cubes_skimage,
    "two-point-porespy": two_point_porespy, "two-point-scipy": two_point_scipy,
    "chords-numpy": chords_numpy, "diffusivity-porespy": diffusivity_porespy,
}


def part_of(volume):
    """A corner of 72 voxels' edge of what a peer works on."""
    if isinstance(volume, tuple):
        return tuple(part_of(one) for one in volume)
    part = volume[:72, :72, :72]
    return part.copy() if isinstance(part, np.ndarray) else part


def main() -> None:
    name, *paths = sys.argv[1:]
    # Some libraries write to standard output, which is for turns.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    volume, work, check = PEERS[name](*paths)
    if name != "multi-otsu-skimage":  # Takes as long for a few voxels as for many.
        work(part_of(volume))
    # What loading took goes back, or a turn could use it again unseen.
    ctypes.CDLL(None).malloc_trim(0)
    take_turns(lambda: work(volume), check, out)


if __name__ == "__main__":
    main()
