"""The networks once more, in PyTorch, from their papers: loads states by name and in order, strictly."""
import json
import sys
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)


class SRCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 9, padding=2, padding_mode="replicate")
        self.conv2 = nn.Conv2d(64, 32, 1, padding=2, padding_mode="replicate")
        self.conv3 = nn.Conv2d(32, 1, 5, padding=2, padding_mode="replicate")

    def forward(self, x):
        x = F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)
        return self.conv3(F.relu(self.conv2(F.relu(self.conv1(x)))))


class NormBlock(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv1 = nn.Conv2d(n, n, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(n)
        self.prelu = nn.PReLU()
        self.conv2 = nn.Conv2d(n, n, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(n)

    def forward(self, x):
        return x + self.bn2(self.conv2(self.prelu(self.bn1(self.conv1(x)))))


class Grow(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(n, 4 * n, 3, padding=1)
        self.prelu = nn.PReLU()

    def forward(self, x):
        return self.prelu(F.pixel_shuffle(self.conv(x), 2))


class SRResNet(nn.Module):
    def __init__(self, n=8, c=3):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(c, n, 9, padding=4), nn.PReLU())
        self.block2 = NormBlock(n)
        self.block3 = NormBlock(n)
        self.block4 = nn.Sequential(nn.Conv2d(n, n, 3, padding=1), nn.BatchNorm2d(n))
        self.block5 = nn.Sequential(Grow(n), Grow(n), nn.Conv2d(n, c, 9, padding=4))

    def forward(self, x):
        first = self.block1(x)
        return self.block5(first + self.block4(self.block3(self.block2(first))))


class PlainBlock(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv1 = nn.Conv2d(n, n, 3, padding=1)
        self.conv2 = nn.Conv2d(n, n, 3, padding=1)

    def forward(self, x):
        return x + 0.1 * self.conv2(F.relu(self.conv1(x)))


class EDSR(nn.Module):
    def __init__(self, scale, n=8, c=3):
        super().__init__()
        self.conv_first = nn.Conv2d(c, n, 3, padding=1)
        self.body = nn.Sequential(PlainBlock(n), PlainBlock(n))
        self.conv_after_body = nn.Conv2d(n, n, 3, padding=1)
        steps = []
        for f in [2, 2] if scale == 4 else [scale]:
            steps += [nn.Conv2d(n, n * f * f, 3, padding=1), nn.PixelShuffle(f)]
        self.upsample = nn.Sequential(*steps)
        self.conv_last = nn.Conv2d(n, c, 3, padding=1)
        self.mean = torch.tensor([0.4488, 0.4371, 0.4040]).view(1, 3, 1, 1)

    def forward(self, x):
        x = self.conv_first((x - self.mean) * 255)
        x = x + self.conv_after_body(self.body(x))
        return self.conv_last(self.upsample(x)) / 255 + self.mean


class Dense(nn.Module):
    def __init__(self, n, g):
        super().__init__()
        for i in range(5):
            setattr(self, f"conv{i + 1}", nn.Conv2d(n + i * g, g if i < 4 else n, 3, padding=1))

    def forward(self, x):
        seen = x
        for i in range(4):
            new = F.leaky_relu(getattr(self, f"conv{i + 1}")(seen), 0.2)
            seen = torch.cat((seen, new), 1)
        return x + 0.2 * self.conv5(seen)


class RRDB(nn.Module):
    def __init__(self, n, g):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = Dense(n, g), Dense(n, g), Dense(n, g)

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBNet(nn.Module):
    def __init__(self, scale, n=8, g=4):
        super().__init__()
        self.fold = {1: 4, 2: 2}.get(scale, 1)
        self.up = {5: (5, 1)}.get(scale, (2, 2))
        self.conv_first = nn.Conv2d(self.fold**2, n, 3, padding=1)
        self.body = nn.Sequential(RRDB(n, g), RRDB(n, g))
        for name in ["conv_body", "conv_up1", "conv_up2", "conv_hr"]:
            setattr(self, name, nn.Conv2d(n, n, 3, padding=1))
        self.conv_last = nn.Conv2d(n, 1, 3, padding=1)

    def forward(self, x):
        x = self.conv_first(F.pixel_unshuffle(x, self.fold))
        x = x + self.conv_body(self.body(x))
        for f, conv in zip(self.up, (self.conv_up1, self.conv_up2)):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=f, mode="nearest")), 0.2)
        return self.conv_last(F.leaky_relu(self.conv_hr(x), 0.2))


class UNetDiscriminator(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        norm = nn.utils.spectral_norm
        self.conv0 = nn.Conv2d(1, n, 3, padding=1)
        for i in range(3):
            down = nn.Conv2d(n << i, n << i + 1, 4, 2, 1, bias=False)
            setattr(self, f"conv{i + 1}", norm(down))
        for i, (a, b) in enumerate([(8, 4), (4, 2), (2, 1), (1, 1), (1, 1)]):
            conv = nn.Conv2d(a * n, b * n, 3, padding=1, bias=False)
            setattr(self, f"conv{i + 4}", norm(conv))
        self.conv9 = nn.Conv2d(n, 1, 3, padding=1)

    def forward(self, x):
        act = lambda t: F.leaky_relu(t, 0.2)
        x0 = act(self.conv0(x))
        x1 = act(self.conv1(x0))
        x2 = act(self.conv2(x1))
        x = act(self.conv3(x2))
        for conv, skip in ((self.conv4, x2), (self.conv5, x1), (self.conv6, x0)):
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = act(conv(x)) + skip
        return self.conv9(act(self.conv8(act(self.conv7(x)))))


class SRGANDiscriminator(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        steps, inputs = [], 1
        for i, m in enumerate([1, 1, 2, 2, 4, 4, 8, 8]):
            steps.append(nn.Conv2d(inputs, m * n, 3, 1 + i % 2, 1))
            if i:
                steps.append(nn.BatchNorm2d(m * n))
            steps.append(nn.LeakyReLU(0.2))
            inputs = m * n
        self.features = nn.Sequential(*steps)
        self.classifier = nn.Sequential(
            nn.Linear(8 * n * 4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1)
        )

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def norm_of(kind, n):
    return {
        "group": lambda: nn.GroupNorm(8, n),
        "instance": lambda: nn.InstanceNorm2d(n, affine=True),
        "batch": lambda: nn.BatchNorm2d(n),
    }[kind]()


class UBlock(nn.Module):
    def __init__(self, a, b, kind, residual):
        super().__init__()
        self.residual = residual
        self.conv1 = nn.Conv2d(a, b, 3, padding=1)
        if kind != "none":
            self.norm1 = norm_of(kind, b)
        self.conv2 = nn.Conv2d(b, b, 3, padding=1)
        if kind != "none":
            self.norm2 = norm_of(kind, b)
        if residual and a != b:
            self.shortcut = nn.Conv2d(a, b, 1)

    def forward(self, x):
        same = lambda t: t
        y = getattr(self, "norm1", same)(self.conv1(x))
        y = getattr(self, "norm2", same)(self.conv2(F.leaky_relu(y, 0.2)))
        if self.residual:
            y = y + getattr(self, "shortcut", same)(x)
        return F.leaky_relu(y, 0.2)


class Gate(nn.Module):
    def __init__(self, n, maxima):
        super().__init__()
        self.maxima = maxima
        self.squeeze = nn.Conv2d(n, max(1, n // 16), 1)
        self.excite = nn.Conv2d(max(1, n // 16), n, 1)

    def forward(self, x):
        logits = self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1))))
        if self.maxima:
            logits = logits + self.excite(F.relu(self.squeeze(F.adaptive_max_pool2d(x, 1))))
        return x * torch.sigmoid(logits)


class ConcurrentGate(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.channel = Gate(n, False)
        self.spatial = nn.Conv2d(n, 1, 1)

    def forward(self, x):
        return self.channel(x) + x * torch.sigmoid(self.spatial(x))


class CBAM(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.channel = Gate(n, True)
        self.spatial = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x):
        x = self.channel(x)
        two = torch.cat((x.mean(1, keepdim=True), x.max(1, keepdim=True)[0]), 1)
        return x * torch.sigmoid(self.spatial(two))


class UStage(nn.Module):
    def __init__(self, n, kind, attention, residual):
        super().__init__()
        self.up = nn.Conv2d(2 * n, n, 3, padding=1)
        if attention != "none":
            self.attention = {
                "squeezeExcitation": lambda: Gate(n, False),
                "concurrentSqueezeExcitation": lambda: ConcurrentGate(n),
                "convolutionalBlock": lambda: CBAM(n),
            }[attention]()
        self.block = UBlock(2 * n, n, kind, residual)

    def forward(self, x, skip):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        skip = getattr(self, "attention", lambda t: t)(skip)
        return self.block(torch.cat((skip, self.up(x)), 1))


class UNet(nn.Module):
    def __init__(self, kind, attention, residual, base=16, depth=3):
        super().__init__()
        sizes = [base << i for i in range(depth)]
        self.encoder = nn.ModuleList(
            UBlock(a, b, kind, residual) for a, b in zip([1] + sizes, sizes)
        )
        self.decoder = nn.ModuleList(
            UStage(n, kind, attention, residual) for n in reversed(sizes[:-1])
        )
        self.last = nn.Conv2d(base, 1, 3, padding=1)

    def forward(self, x):
        image = F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)
        x, skips = image, []
        for i, block in enumerate(self.encoder):
            x = block(F.max_pool2d(x, 2) if i else x)
            skips.append(x)
        for stage, skip in zip(self.decoder, reversed(skips[:-1])):
            x = stage(x, skip)
        return image + self.last(x)


class VGG19(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        steps, inputs = [], 3
        for m, length in [(1, 2), (2, 2), (4, 4), (8, 4), (8, 4)]:
            for _ in range(length):
                steps += [nn.Conv2d(inputs, m * n, 3, padding=1), nn.ReLU()]
                inputs = m * n
            steps.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*steps)

    def forward(self, x):
        mean, std = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).view(2, 1, 3, 1, 1)
        return self.features[:35]((x.expand(-1, 3, -1, -1) - mean) / std)


def build(case):
    name = case["name"]
    if name == "edsr":
        convolutions = [e for e in case["state"] if e["name"].startswith("upsample.") and
                        e["name"].endswith("weight")]
        scale = 4 if len(convolutions) == 2 else round((convolutions[0]["shape"][0] / 8) ** 0.5)
        return EDSR(scale)
    if name.startswith("rrdb"):
        return RRDBNet(int(name[4:]))
    if name.startswith("unet_") and name != "unet_discriminator":
        _, kind, attention, residual = name.split("_")
        return UNet(kind, attention, residual == "true")
    return {
        "srcnn": SRCNN, "srresnet": SRResNet, "unet_discriminator": UNetDiscriminator,
        "srgan_discriminator": SRGANDiscriminator, "vgg19": VGG19,
    }[name]()


for case in json.load(open(sys.argv[1])):
    numbers = torch.from_numpy(np.fromfile(case["stem"] + ".in", np.float32))
    network = build(case)
    names = [entry["name"] for entry in case["state"]]
    assert names == list(network.state_dict()), (case["name"], names, list(network.state_dict()))
    state, offset = OrderedDict(), 0
    for entry in case["state"]:
        count = int(np.prod(entry["shape"]))
        state[entry["name"]] = numbers[offset : offset + count].reshape(entry["shape"])
        offset += count
    network.load_state_dict(state, strict=True)
    network.train(case["training"])
    with torch.no_grad():
        output = network(numbers[offset:].reshape(case["shape"]))
    learnt = dict(network.named_parameters())
    buffers = [t.float().flatten() for n, t in network.state_dict().items() if n not in learnt]
    torch.cat([output.flatten()] + buffers).numpy().tofile(case["stem"] + ".out")
