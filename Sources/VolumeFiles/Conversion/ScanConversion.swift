public import Volumes

/// What to change about a scan on its way into another file.
public struct ScanConversion: Sendable {
    /// How grey values are chosen for a new range.
    public enum Window: Sendable, Equatable {
        /// From the 0.1th to the 99.9th percentile of what is converted.
        case automatic
        /// Between two values.
        case fixed(ClosedRange<Double>)
    }

    /// The part to keep; `nil` for all.
    public var region: Region?
    /// The edge of the cubes whose mean becomes one voxel.
    public var binning = 1
    /// The new number format; `nil` to keep it.
    public var elementType: ElementType?
    /// The grey values that become the ends of the new range; `nil` to keep values.
    public var window: Window?
    /// The size of the voxels read, in place of what the scan says.
    public var voxelSize: VoxelSize?
    /// How large a slab may be, in bytes; a few of them are in memory at once.
    public var slabByteBudget = 64 << 20

    /// Nothing to change.
    public init() {}

    /// What a scan becomes.
    public struct Plan: Sendable {
        /// What is read.
        public let region: Region
        /// The extent of the result.
        public let shape: Shape
        /// Its number format.
        public let elementType: ElementType
        /// Its voxel size, where known.
        public let voxelSize: VoxelSize?
        /// What the user should know.
        public let notes: [String]
    }

    /// What a scan becomes, without reading a voxel.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` where the region does not lie in
    ///   the scan, or a bin does not fit into it.
    public func plan(for scan: ScanDescription) throws(VolumeFileError) -> Plan {
        let path = scan.files.first ?? ""
        let region = region ?? Region(all: scan.shape)
        guard region.fits(in: scan.shape) else {
            throw .unsupported(
                path, problem: "the crop (\(region)) leaves the scan of \(scan.shape)",
                advice: "crop within it")
        }
        let least = min(region.shape.depth, region.shape.height, region.shape.width)
        guard binning >= 1, binning <= min(least, 256) else {
            throw .unsupported(
                path, problem: "bins of \(binning) do not fit into \(region.shape) voxels",
                advice: "bin by 1 to \(min(least, 256))")
        }
        let shape = Shape(
            depth: region.shape.depth / binning, height: region.shape.height / binning,
            width: region.shape.width / binning)
        var notes: [String] = []
        let left = [
            region.shape.depth % binning, region.shape.height % binning,
            region.shape.width % binning,
        ]
        if left != [0, 0, 0] {
            notes.append(
                """
                \(left[0]), \(left[1]) and \(left[2]) voxels at the far ends of z, y and x do not \
                fill a bin and are left out
                """)
        }
        let type = elementType ?? scan.elementType
        if window == nil, type.isFloatingPoint, type.byteCount < scan.elementType.byteCount {
            notes.append("values are rounded to \(type.rawValue)")
        }
        let size = voxelSize ?? scan.voxelSize?.size
        return Plan(
            region: region, shape: shape, elementType: type,
            voxelSize: size?.scaled(by: Double(binning)), notes: notes)
    }

    /// Converts a scan slab by slab.
    ///
    /// - Parameters:
    ///   - plan: What ``plan(for:)`` gave for the reader's description.
    ///   - multiple: The writer works best with slabs of so many slices.
    ///   - progress: Called with the bytes read so far and in all; `window: .automatic` reads twice.
    /// - Returns: Notes on what happened to grey values.
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` for values that the new type
    ///   cannot hold; without a window nothing is clamped.
    public func convert(
        _ reader: any ScanReader, by plan: Plan, into writer: any ScanWriter,
        multiple: Int = 1, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(VolumeFileError) -> [String] {
        let scan = reader.description
        let slicesRead =
            plan.region.slices.lowerBound..<(plan.region.z + plan.shape.depth * binning)
        let sliceByteCount = scan.shape.sliceCount * scan.elementType.byteCount
        let passes = window == .automatic ? 2 : 1
        let total = slicesRead.count * sliceByteCount * passes
        var done = 0

        var range: ClosedRange<Double>?
        var notes: [String] = []
        switch window {
        case nil: break
        case .fixed(let fixed): range = fixed
        case .automatic:
            var statistics = VoxelStatistics(of: scan.elementType)
            let depth = scan.shape.slabDepth(
                elementType: scan.elementType, byteBudget: slabByteBudget)
            let slabs = reader.slabs(of: slicesRead, depth: depth)
            while let (slab, slices, _) = try slabs.next() {
                statistics.add(cropped(slab, plan))
                done += slices.count * sliceByteCount
                progress(done, total)
            }
            guard let robust = statistics.robustWindow else {
                throw .unsupported(
                    scan.files.first ?? "", problem: "a constant scan has no window",
                    advice: "give the window as LOW:HIGH")
            }
            range = robust
            notes.append("window \(robust.lowerBound):\(robust.upperBound)")
        }

        let conversion = VoxelConversion(to: plan.elementType, window: range)
        let depth = slabDepth(scan, multiple: multiple)
        var tally = VoxelConversion.Tally()
        let slabs = reader.slabs(of: slicesRead, depth: depth)
        while let (slab, slices, _) = try slabs.next() {
            let (converted, part) = conversion(cropped(slab, plan).binned(by: binning))
            tally.add(part)
            if tally.unfit > 0 { throw unfit(tally, scan, plan, hasWindow: range != nil) }
            try writer.append(converted)
            done += slices.count * sliceByteCount
            progress(done, total)
        }
        if range != nil, tally.below + tally.above > 0 {
            let count = Double(plan.shape.count)
            notes.append(
                """
                \(percent(tally.below, count)) of the voxels lay below the window and \
                \(percent(tally.above, count)) above it
                """)
        }
        return notes
    }

    /// Whole bins, and where the budget allows it whole multiples of what the writer likes.
    private func slabDepth(_ scan: ScanDescription, multiple: Int) -> Int {
        let depth = scan.shape.slabDepth(
            elementType: scan.elementType, byteBudget: slabByteBudget,
            multiple: binning * multiple)
        return max(depth / binning, 1) * binning
    }

    private func cropped(_ slab: RawSlab, _ plan: Plan) -> RawSlab {
        slab.cropped(
            to: Region(
                z: 0, y: plan.region.y, x: plan.region.x,
                shape: Shape(
                    depth: slab.shape.depth, height: plan.region.shape.height,
                    width: plan.region.shape.width)))
    }

    private func unfit(
        _ tally: VoxelConversion.Tally, _ scan: ScanDescription, _ plan: Plan, hasWindow: Bool
    ) -> VolumeFileError {
        let value = tally.exampleOfUnfit.map { "\($0)" } ?? "a value"
        return .unsupported(
            scan.files.first ?? "",
            problem: "it holds \(value), which \(plan.elementType.rawValue) cannot keep",
            advice: hasWindow
                ? "NaN has no place in a range of integers: convert to float32"
                : "choose a wider type, or say which grey values to spread over it with a window")
    }

    private func percent(_ number: Int, _ count: Double) -> String {
        "\((Double(number) / count * 100).formatted(significantDigits: 3)) %"
    }
}
