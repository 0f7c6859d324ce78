public import Volumes

/// A plug that stands along z in a scan, with nothing but air around it.
public struct Plug: Codable, Sendable, Hashable {
    /// The axis, in voxels from the volume's corner.
    public let centreY: Double
    /// The axis, in voxels from the volume's corner.
    public let centreX: Double
    /// The distance of the rim from the axis, in voxels.
    public let radius: Double
    /// The part of the rim that lies in the scan, 0...1.
    public let visibleRim: Double
    /// Solid over all voxels inside.
    public let solidInside: Double
    /// Solid over all voxels outside, flecks of noise for the most part.
    public let solidOutside: Double

    /// Whether there is hardly any solid beside it: more than a tenth of its own share is no noise, but
    /// another plug or a holder.
    public var isAlone: Bool {
        Self.isAlone(solidInside: solidInside, solidOutside: solidOutside)
    }

    /// As ``isAlone``, of what is stored of a plug.
    public static func isAlone(solidInside: Double, solidOutside: Double) -> Bool {
        solidOutside <= 0.1 * solidInside
    }

    /// The plug without a rim of `margin` voxels, where voxels hold both rock and air.
    public func fieldOfView(margin: Double = 0) -> FieldOfView {
        .cylinder(centreY: centreY, centreX: centreX, radius: radius - margin)
    }

    private enum CodingKeys: String, CodingKey {
        case radius
        case centreY = "centre_y"
        case centreX = "centre_x"
        case visibleRim = "visible_rim"
        case solidInside = "solid_inside"
        case solidOutside = "solid_outside"
    }
}

/// Finds the plug in one pass over a scan, slab by slab.
///
/// It counts how many slices are solid at every (y, x), takes the disc that parts these counts
/// best, as Otsu's method parts grey values, and lays a circle through the edges seen along 180
/// directions from its middle, robustly, so that pores open to the rim do not draw it in. The axis
/// is taken as parallel to z: of a tilted plug the mean circle is found. A container around the
/// plug counts as solid, and hides it.
///
/// - Complexity: Linear in voxels; four bytes for every voxel of one slice.
public struct PlugSurvey: Sendable {
    private let shape: Shape
    private let threshold: Double
    private let porePhase: SegmentationSettings.PorePhase
    private var solid: [UInt32]
    private var slicesSeen = 0

    /// Nothing seen yet.
    ///
    /// - Parameters:
    ///   - shape: The whole scan.
    ///   - threshold: The grey value between air and solid: Otsu's of the whole scan.
    ///   - porePhase: Which side of it air is on.
    public init(
        of shape: Shape, threshold: Double, porePhase: SegmentationSettings.PorePhase = .darker
    ) {
        self.shape = shape
        self.threshold = threshold
        self.porePhase = porePhase
        solid = Array(repeating: 0, count: shape.sliceCount)
    }

    /// Nothing seen yet, with Otsu's threshold of all finite voxels.
    ///
    /// - Parameters:
    ///   - shape: The whole scan.
    ///   - statistics: Its grey values.
    ///   - porePhase: Which side of the threshold air is on.
    /// - Returns: `nil` for a scan of one grey value.
    public init?(
        of shape: Shape, statistics: VoxelStatistics,
        porePhase: SegmentationSettings.PorePhase = .darker
    ) {
        guard let histogram = statistics.histogram(binCount: 1 << 16),
            let level = otsuThreshold(counts: histogram.counts)
        else { return nil }
        let step =
            (histogram.upperBound - histogram.lowerBound) / Double(histogram.counts.count)
        // Of whole numbers a bin ends before the next of them.
        let threshold =
            histogram.lowerBound + Double(level + 1) * step
            - (statistics.elementType.isFloatingPoint ? 0 : 0.5 * min(step, 1))
        self.init(of: shape, threshold: threshold, porePhase: porePhase)
    }

    /// Takes in the slices that follow those seen so far; NaN is not solid.
    public mutating func add(_ slab: RawSlab) {
        precondition(
            slab.shape.sliceCount == shape.sliceCount
                && slicesSeen + slab.shape.depth <= shape.depth, "a slab is part of its scan")
        slicesSeen += slab.shape.depth
        let rows = slab.elementType.visit(
            SolidCounts(slab: slab, threshold: threshold, poreIsAbove: porePhase == .brighter))
        var place = 0
        for row in rows {
            for count in row {
                solid[place] += count
                place += 1
            }
        }
    }

    /// The plug, once all slices were added.
    ///
    /// - Returns: `nil` if the scan shows no outside: if what the best disc leaves is less than
    ///   half a hundredth of a slice or holds more than a quarter of the solid share inside; or if
    ///   the rim is in the scan along less than a twelfth of the circle or in fewer than three of
    ///   its quarters, or is no clear step from rock to air along four fifths of what is.
    public func plug() -> Plug? {
        precondition(slicesSeen == shape.depth, "the whole scan was added")
        let counts = SolidImage(
            height: shape.height, width: shape.width, depth: shape.depth, counts: solid)
        guard var disc = counts.bestDisc() else { return nil }
        for _ in 0..<4 {
            guard let closer = counts.refined(disc) else { return nil }
            disc = closer
        }
        return counts.plug(disc)
    }
}

extension RawSlab {
    /// Finds the plug in a scan in memory, by Otsu's threshold of all its finite voxels; see
    /// ``PlugSurvey``. `nil` if the scan shows no outside or has one grey value only.
    public func plug(porePhase: SegmentationSettings.PorePhase = .darker) -> Plug? {
        guard
            var survey = PlugSurvey(
                of: shape, statistics: VoxelStatistics(of: self), porePhase: porePhase)
        else { return nil }
        survey.add(self)
        return survey.plug()
    }
}

/// Counts solid voxels through the slices of a slab, row by row.
private struct SolidCounts: ElementTypeVisitor {
    let slab: RawSlab
    let threshold: Double
    let poreIsAbove: Bool

    func visit<Element: VoxelElement>(_ type: Element.Type) -> [[UInt32]] {
        let shape = slab.shape
        return concurrentMap(count: shape.height) { y in
            var counts = [UInt32](repeating: 0, count: shape.width)
            slab.withVoxels(as: type) { voxels in
                var sums = counts.mutableSpan
                for z in 0..<shape.depth {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    if poreIsAbove {
                        for x in 0..<row.count where row[x].doubleValue <= threshold {
                            sums[x] += 1
                        }
                    } else {
                        for x in 0..<row.count where row[x].doubleValue > threshold {
                            sums[x] += 1
                        }
                    }
                }
            }
            return counts
        }
    }
}
