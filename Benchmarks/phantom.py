"""The Boolean model of Tests/TestSupport/BooleanModel.swift, voxel by voxel the same."""

import math

import numpy as np

STEPS = 1024
WORD = (1 << 64) - 1


def split_mix(seed: int):
    """The numbers of SplitMix64."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & WORD
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        yield z ^ (z >> 31)


def boolean_model(edge: int, radius: int = 12, porosity: float = 0.2, seed: int = 1) -> np.ndarray:
    """Solid balls at random places, overlapping freely: 1 in solid, 0 in pores. Germs lie on a lattice
    of 1/1024 voxel."""
    extent = edge + 2 * radius
    count = round(-math.log(porosity) * extent**3 / (4 / 3 * math.pi * radius**3))
    numbers = split_mix(seed)
    solid = np.zeros((edge, edge, edge), np.uint8)
    centres = np.arange(edge, dtype=np.int64) * STEPS + STEPS // 2
    square = (radius * STEPS) ** 2
    for _ in range(count):
        box, squares = [], []
        for axis in range(3):
            place = next(numbers) % (extent * STEPS) - radius * STEPS
            near = slice(max(place // STEPS - radius - 1, 0), max(place // STEPS + radius + 2, 0))
            box.append(near)
            shape = [1, 1, 1]
            shape[axis] = -1
            squares.append(((centres[near] - place) ** 2).reshape(shape))
        solid[tuple(box)] |= squares[0] + squares[1] + squares[2] <= square
    return solid


def grey_values(solid: np.ndarray, seed: int = 1) -> np.ndarray:
    """A scan of it in 16 bits: contrast 8000, with noise of a quarter of that."""
    noise = np.random.default_rng(seed).normal(0, 2000, solid.shape)
    return np.rint(np.where(solid, 23000, 15000) + noise).clip(0, 65535).astype(np.uint16)
