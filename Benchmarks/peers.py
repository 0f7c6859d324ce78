"""The peers of Benchmarks/training.py: each takes a turn for every line it reads, and says what it took.

    python Benchmarks/peers.py step edsr --threads 1

PyTorch comes from the environment of the libtorch that ours is built with, so both run the same kernels.
BasicSR and BSRGAN are run from their packages. They date from before the torchvision, SciPy and Python
of today, so what they import and this does not run is stood in for, and what is gone is put back.
"""

import argparse
import importlib.util
import math
import os
import random
import sys
import types
from pathlib import Path

from turns import take_turns

ROOT = Path(__file__).resolve().parent.parent
SCALE = 4


def load_torch(threads: int):
    """PyTorch of the libtorch that make found."""
    folder = Path(os.environ.get("TOMOPAIR_LIBTORCH") or ROOT / ".libtorch/torch").resolve()
    if not (folder / "__init__.py").exists():
        sys.exit(f"{folder} is no PyTorch package, so there is no peer with the same libtorch. "
                 "Unset TORCH_ROOT, and run make setup.")
    sys.path.append(str(folder.parent))
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    return torch


# Packages of other years


class StandIn(types.ModuleType):
    """A module that is imported and not used: whatever it is asked for cannot be called."""

    def __init__(self, name: str):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*_, **__):
            raise NotImplementedError(f"{self.__name__}.{name} is stood in for")
        return refuse


def stand_in(*names: str) -> None:
    for name in names:
        sys.modules[name] = StandIn(name)


def bare_package(name: str) -> types.ModuleType:
    """A package whose modules can be imported without its __init__, which imports all of them."""
    parent, _, last = name.rpartition(".")
    where = ([str(Path(p) / last) for p in sys.modules[parent].__path__] if parent
             else importlib.util.find_spec(name).submodule_search_locations)
    module = types.ModuleType(name)
    module.__path__ = list(where)
    sys.modules[name] = module
    return module


def prepare_basicsr() -> None:
    """Makes BasicSR's modules importable beside today's torchvision, which lost a module of theirs."""
    def rgb_to_grayscale(images, num_output_channels=1):
        red, green, blue = images.unbind(dim=-3)
        grey = (0.2989 * red + 0.587 * green + 0.114 * blue).unsqueeze(dim=-3)
        return grey.expand(images.shape) if num_output_channels == 3 else grey

    stand_in("torchvision", "torchvision.transforms", "torchvision.transforms.functional",
             "torchvision.transforms.functional_tensor", "torchvision.utils")
    sys.modules["torchvision"].__version__ = "0"
    sys.modules["torchvision.transforms.functional_tensor"].rgb_to_grayscale = rgb_to_grayscale
    for name in ["basicsr", "basicsr.archs", "basicsr.data", "basicsr.losses", "basicsr.models",
                 "basicsr.ops", "basicsr.utils"]:
        bare_package(name)
    stand_in("basicsr.ops.dcn", "basicsr.losses.loss_util", "basicsr.models.srgan_model")
    sys.modules["basicsr.ops.dcn"].ModulatedDeformConvPack = object
    sys.modules["basicsr.models.srgan_model"].SRGANModel = object
    from basicsr.utils.diffjpeg import DiffJPEG
    from basicsr.utils.img_process_util import USMSharp
    utils = sys.modules["basicsr.utils"]
    utils.DiffJPEG, utils.USMSharp = DiffJPEG, USMSharp
    utils.get_root_logger = lambda *_: None


# What is timed


def step(arguments) -> None:
    """Steps of Adam on one batch, as TimeSteps.swift takes them."""
    torch = load_torch(arguments.threads)
    prepare_basicsr()
    from basicsr.archs.edsr_arch import EDSR
    from basicsr.archs.rrdbnet_arch import RRDBNet
    if arguments.network == "edsr":
        network = EDSR(1, 1, num_feat=64, num_block=16, upscale=SCALE)
        network.mean = torch.full((1, 1, 1, 1), 0.43)
    else:
        network = RRDBNet(1, 1, scale=SCALE, num_feat=64, num_block=6, num_grow_ch=32)
    layout = torch.channels_last if arguments.channels_last else torch.contiguous_format
    network = network.to(memory_format=layout)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-4)
    batch, edge = arguments.batch, arguments.edge
    low = torch.rand(batch, 1, edge, edge).to(memory_format=layout)
    high = torch.rand(batch, 1, SCALE * edge, SCALE * edge).to(memory_format=layout)

    def work() -> int:
        optimiser.zero_grad()
        loss = torch.nn.functional.l1_loss(network(low), high)
        loss.backward()
        optimiser.step()
        assert math.isfinite(loss.item())
        return 1

    take_turns(work, parameters=sum(p.numel() for p in network.parameters()))


REAL_ESRGAN = {
    "scale": SCALE, "gt_size": 256,
    "resize_prob": [0.2, 0.7, 0.1], "resize_range": [0.15, 1.5], "gaussian_noise_prob": 0.5,
    "noise_range": [1, 30], "poisson_scale_range": [0.05, 3], "gray_noise_prob": 0.4,
    "jpeg_range": [30, 95],
    "second_blur_prob": 0.8, "resize_prob2": [0.3, 0.4, 0.3], "resize_range2": [0.3, 1.2],
    "gaussian_noise_prob2": 0.5, "noise_range2": [1, 25], "poisson_scale_range2": [0.05, 2.5],
    "gray_noise_prob2": 0.4, "jpeg_range2": [30, 95],
}


def real_esrgan(arguments) -> None:
    """BasicSR's RealESRGANModel.feed_data on RGB batches, with kernels drawn as its data set does.

    Its pool of pairs, which lies on a GPU, is left out."""
    torch = load_torch(1)
    prepare_basicsr()
    import numpy as np
    from basicsr.data import degradations
    from basicsr.models.realesrgan_model import RealESRGANModel
    from basicsr.utils import DiffJPEG, USMSharp

    kinds = ["iso", "aniso", "generalized_iso", "generalized_aniso", "plateau_iso",
             "plateau_aniso"]
    shares = [0.45, 0.25, 0.12, 0.03, 0.12, 0.03]

    def kernel(sigma: list[float]):
        size = random.choice(range(7, 22, 2))
        if np.random.uniform() < 0.1:
            cutoff = np.random.uniform(np.pi / (3 if size < 13 else 5), np.pi)
            made = degradations.circular_lowpass_kernel(cutoff, size, pad_to=False)
        else:
            made = degradations.random_mixed_kernels(
                kinds, shares, size, sigma, sigma, [-math.pi, math.pi], [0.5, 4], [1, 2],
                noise_range=None)
        return torch.FloatTensor(np.pad(made, (21 - size) // 2))

    def final_kernel():
        if np.random.uniform() >= 0.8:
            pulse = torch.zeros(21, 21)
            pulse[10, 10] = 1
            return pulse
        size = random.choice(range(7, 22, 2))
        cutoff = np.random.uniform(np.pi / 3, np.pi)
        return torch.FloatTensor(degradations.circular_lowpass_kernel(cutoff, size, pad_to=21))

    jpeg = DiffJPEG(differentiable=False)
    model = types.SimpleNamespace(
        is_train=True, opt=REAL_ESRGAN, device="cpu",
        # What follows takes memory in order, which today's PyTorch does not promise.
        jpeger=lambda images, quality: jpeg(images, quality=quality).contiguous(),
        usm_sharpener=USMSharp() if arguments.sharpened else lambda images: images,
        _dequeue_and_enqueue=lambda: None)
    patch = torch.from_numpy(np.load(arguments.patch)[0]).expand(3, -1, -1)
    patches = patch.expand(arguments.count, -1, -1, -1).contiguous()
    random.seed(1), np.random.seed(1)

    def work() -> int:
        def stacked(draw):
            return torch.stack([draw() for _ in range(arguments.count)])
        RealESRGANModel.feed_data(model, {
            "gt": patches, "kernel1": stacked(lambda: kernel([0.2, 3])),
            "kernel2": stacked(lambda: kernel([0.2, 1.5])), "sinc_kernel": stacked(final_kernel)})
        assert model.lq.shape[-1] * SCALE == REAL_ESRGAN["gt_size"]
        return arguments.count

    take_turns(work)


def bsrgan(arguments) -> None:
    """The shuffled chain of BSRGAN on RGB patches, from the package of its authors' repository."""
    load_torch(1)
    import cv2
    import numpy as np
    import scipy
    from scipy import ndimage
    from scipy.interpolate import RectBivariateSpline
    cv2.setNumThreads(1)
    stand_in("matplotlib", "matplotlib.pyplot", "mpl_toolkits", "mpl_toolkits.mplot3d",
             "torchvision", "torchvision.utils")
    bare_package("bsrgan")
    from bsrgan.utils import utils_blindsr

    def interp2d(x, y, values):
        """What SciPy proposes in place of its function of this name, which is gone."""
        spline = RectBivariateSpline(x, y, values.T, kx=1, ky=1)
        return lambda new_x, new_y: spline(new_x, new_y).T

    utils_blindsr.interp2d = interp2d
    scipy.finfo = np.finfo
    if not hasattr(ndimage, "filters"):
        ndimage.filters = ndimage
    patch = np.load(arguments.patch)[0][:320, :320]
    patch = np.repeat(patch[:, :, None], 3, axis=2)
    random.seed(1), np.random.seed(1)

    def work() -> int:
        for _ in range(arguments.count):
            low, high = utils_blindsr.degradation_bsrgan(patch, sf=SCALE, lq_patchsize=72)
            assert low.shape[0] == 72 and high.shape[0] == 288
        return arguments.count

    take_turns(work)


def patches(arguments) -> None:
    """Pairs of patches from PNG files as BasicSR's PairedImageDataset reads them, in batches of 16.

    Two things are changed so that 16 bits come through: the images are decoded unchanged, and divided
    by 65535."""
    torch = load_torch(1)
    prepare_basicsr()
    import cv2
    import numpy as np
    from basicsr.data.transforms import paired_random_crop
    from basicsr.utils.img_util import img2tensor
    cv2.setNumThreads(1)
    pairs = [(name, name.with_name(name.name.replace("low", "high")))
             for name in sorted(Path(arguments.folder).glob("low-*.png"))]
    random.seed(1)

    def read(path: Path):
        image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        return image[:, :, None].astype(np.float32) / 65535

    def pair():
        low, high = map(read, random.choice(pairs))
        high, low = paired_random_crop(high, low, 192, SCALE)
        return img2tensor([low, high], bgr2rgb=False, float32=True)

    def work() -> int:
        for _ in range(arguments.count // 16):
            low, high = zip(*(pair() for _ in range(16)))
            assert torch.stack(low).shape == (16, 1, 48, 48)
            assert torch.stack(high).shape == (16, 1, 192, 192)
        return arguments.count // 16 * 16

    take_turns(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("step")
    one.add_argument("network", choices=["edsr", "rrdb"])
    one.add_argument("--batch", type=int, default=4)
    one.add_argument("--edge", type=int, default=48)
    one.add_argument("--threads", type=int, default=1)
    one.add_argument("--channels-last", action="store_true")
    one.set_defaults(run=step)
    one = commands.add_parser("real-esrgan")
    one.add_argument("patch")
    one.add_argument("--count", type=int, default=4)
    one.add_argument("--sharpened", action="store_true", help="sharpen the targets, as published")
    one.set_defaults(run=real_esrgan)
    one = commands.add_parser("bsrgan")
    one.add_argument("patch")
    one.add_argument("--count", type=int, default=8)
    one.set_defaults(run=bsrgan)
    one = commands.add_parser("patches")
    one.add_argument("folder", help="of low-N.png and high-N.png, 16 bits")
    one.add_argument("--count", type=int, default=64)
    one.set_defaults(run=patches)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
