import Volumes

/// Grey values as a network takes them, and back.
///
/// The straight line that takes the ends of the LOW window to 0 and 1, and the one that takes 0 and 1
/// to the ends of the HIGH window. Values outside go beyond 0 and 1, as in training.
public struct GreyScale: Hashable, Sendable, Codable {
    /// The LOW grey values that become 0 and 1.
    public let low: ClosedRange<Double>
    /// The HIGH grey values that 0 and 1 become.
    public let high: ClosedRange<Double>

    /// Two windows.
    ///
    /// - Throws: ``UpscalingError/emptyWindow(low:high:)`` for one of no, or no finite, extent.
    public init(
        low: ClosedRange<Double>, high: ClosedRange<Double>
    ) throws(UpscalingError) {
        for window in [low, high] {
            let extent = window.upperBound - window.lowerBound
            guard extent > 0, extent.isFinite else {
                throw .emptyWindow(low: window.lowerBound, high: window.upperBound)
            }
        }
        self.low = low
        self.high = high
    }

    /// What became of voxels that the output's number format cannot hold.
    public struct Clipped: Hashable, Sendable, Codable {
        /// Voxels below its range, which hold its least number.
        public internal(set) var below = 0
        /// Voxels above its range, which hold its greatest number.
        public internal(set) var above = 0
    }

    /// A LOW grey value, normalised.
    func normalised(_ grey: Double) -> Double {
        (grey - low.lowerBound) / (low.upperBound - low.lowerBound)
    }

    /// LOW voxels, normalised.
    func normalised(_ slab: RawSlab) -> Volume<Float> {
        slab.elementType.visit(Normalising(slab: slab, window: low))
    }

    /// A network's result as voxels: rounded, halves away from zero, and clipped to the type's range.
    ///
    /// - Parameters:
    ///   - first: The output's slice that the result begins with, for errors.
    ///   - clipped: Grows by the voxels that were clipped; a floating-point type clips none.
    /// - Throws: ``UpscalingError/notFinite(slice:)``.
    func voxels(
        of result: Volume<Float>, as type: Volumes.ElementType, first: Int,
        clipped: inout Clipped
    ) throws(UpscalingError) -> RawSlab {
        let shape = result.shape
        let slices = concurrentMap(count: shape.depth) { z in
            type.visit(Denormalising(result: result, z: z, window: high))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(shape.count * type.byteCount)
        for (z, slice) in slices.enumerated() {
            guard let slice else { throw .notFinite(slice: first + z) }
            bytes += slice.bytes
            clipped.below += slice.clipped.below
            clipped.above += slice.clipped.above
        }
        return RawSlab(elementType: type, shape: shape, bytes: bytes)
    }
}

private struct Normalising: ElementTypeVisitor {
    let slab: RawSlab
    let window: ClosedRange<Double>

    func visit<Element: VoxelElement>(_ type: Element.Type) -> Volume<Float> {
        let gain = 1 / (window.upperBound - window.lowerBound)
        let numbers = slab.withVoxels(as: type) { voxels in
            var numbers = [Float](repeating: 0, count: voxels.count)
            var target = numbers.mutableSpan
            for index in voxels.indices {
                target[index] = Float((voxels[index].doubleValue - window.lowerBound) * gain)
            }
            return numbers
        }
        return Volume(shape: slab.shape, voxels: numbers)
    }
}

private struct Denormalising: ElementTypeVisitor {
    let result: Volume<Float>
    let z: Int
    let window: ClosedRange<Double>

    func visit<Element: VoxelElement>(
        _ type: Element.Type
    ) -> (bytes: [UInt8], clipped: GreyScale.Clipped)? {
        let range = Element.elementType.range
        let least = (range?.lowerBound ?? -.infinity) - 0.5
        let greatest = (range?.upperBound ?? .infinity) + 0.5
        let extent = window.upperBound - window.lowerBound
        let count = result.shape.sliceCount
        return result.withVoxels { all in
            let source = all.extracting((z * count)..<((z + 1) * count))
            var voxels: [Element] = []
            voxels.reserveCapacity(count)
            var clipped = GreyScale.Clipped()
            for index in source.indices {
                let value = source[index]
                guard value.isFinite else { return nil }
                let grey = window.lowerBound + Double(value) * extent
                // What rounds to an end of the range is not out of it.
                if grey <= least { clipped.below += 1 }
                if grey >= greatest { clipped.above += 1 }
                voxels.append(Element(nearest: grey))
            }
            return unsafe (voxels.withUnsafeBytes { unsafe [UInt8]($0) }, clipped)
        }
    }
}
