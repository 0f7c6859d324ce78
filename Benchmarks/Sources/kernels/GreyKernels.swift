import Segmentation
import Volumes

extension Kernel {
    /// From grey values to a mask.
    static var ofGreyValues: [Kernel] {
        [
            Kernel("otsu", on: { try $0.slab() }, checking: { $0 ?? .nan }) { slab in
                histogram(of: slab)?.otsuThreshold
            },
            // The sum of both thresholds, the higher one a thousandfold.
            Kernel(
                "multi-otsu", on: { try $0.slab() },
                checking: { ($0 ?? []).reduce(0) { $0 / 1000 + $1 } }
            ) { slab in
                histogram(of: slab)?.multiOtsuThresholds(classes: 3)
            },
            Kernel("median", on: { try $0.slab() }, checking: \.sumOf16Bits) { slab in
                slab.denoised(by: .median3)
            },
            Kernel("segment", on: { try $0.slab() }, checking: { Double($0.poreCount) }) { slab in
                try segment(slab)
            },
        ]
    }

    private static func histogram(of slab: RawSlab) -> GreyHistogram? {
        guard var histogram = GreyHistogram(levelsOf: slab.elementType) else { return nil }
        histogram.add(slab)
        return histogram
    }
}
