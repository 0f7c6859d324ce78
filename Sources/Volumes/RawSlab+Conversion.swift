/// The grey values of a scan as another number format.
///
/// Without a window values are kept: whatever the new type cannot hold counts as unfit, and the
/// caller decides to stop. With a window its two ends become the ends of an integer type, or 0 and
/// 1 of a floating-point type, linearly; values outside go to the nearer end and are counted.
public struct VoxelConversion: Sendable, Equatable {
    /// The new number format.
    public let elementType: ElementType
    /// The grey values that become the ends of the new range; `nil` to keep values.
    public let window: ClosedRange<Double>?

    /// A conversion; a window has two different finite ends.
    public init(to elementType: ElementType, window: ClosedRange<Double>? = nil) {
        if let window {
            precondition(
                window.lowerBound.isFinite && window.upperBound.isFinite
                    && window.lowerBound < window.upperBound, "a window has two ends")
        }
        self.elementType = elementType
        self.window = window
    }

    /// What became of the voxels.
    public struct Tally: Sendable, Equatable {
        /// Voxels below the window, put at its lower end.
        public internal(set) var below = 0
        /// Voxels above the window, put at its upper end.
        public internal(set) var above = 0
        /// Voxels that the new type cannot hold: fractions, values out of range, or NaN in an
        /// integer, numbers that overflow to infinity.
        public internal(set) var unfit = 0
        /// One of them.
        public internal(set) var exampleOfUnfit: Double?

        /// Nothing yet.
        public init() {}

        /// Adds what became of other voxels.
        public mutating func add(_ other: Tally) {
            below += other.below
            above += other.above
            unfit += other.unfit
            exampleOfUnfit = exampleOfUnfit ?? other.exampleOfUnfit
        }
    }

    /// The slab in the new format; unfit voxels hold the nearest value it knows, NaN becomes 0.
    public func callAsFunction(_ slab: RawSlab) -> (slab: RawSlab, tally: Tally) {
        if window == nil, slab.elementType == elementType { return (slab, Tally()) }
        let slices = concurrentMap(count: slab.shape.depth) { z in
            elementType.visit(SliceConversion(slab: slab, z: z, conversion: self))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slab.shape.count * elementType.byteCount)
        var tally = Tally()
        for slice in slices {
            bytes += slice.bytes
            tally.add(slice.tally)
        }
        return (RawSlab(elementType: elementType, shape: slab.shape, bytes: bytes), tally)
    }
}

/// One slice on its way to a type known when the program runs.
private struct SliceConversion: ElementTypeVisitor {
    let slab: RawSlab
    let z: Int
    let conversion: VoxelConversion

    func visit<Target: VoxelElement>(
        _ type: Target.Type
    ) -> (bytes: [UInt8], tally: VoxelConversion.Tally) {
        let shape = slab.shape
        var row = [Double](repeating: 0, count: shape.width)
        var slice: [Target] = []
        slice.reserveCapacity(shape.sliceCount)
        var tally = VoxelConversion.Tally()
        let isInteger = !Target.elementType.isFloatingPoint
        for y in 0..<shape.height {
            slab.load(row: z * shape.height + y, into: &row)
            if let window = conversion.window {
                Self.stretch(&row, window, Target.elementType, &tally)
            }
            for value in row {
                let voxel = Target(nearest: value)
                slice.append(voxel)
                if conversion.window == nil ? !Self.fits(value, voxel) : value.isNaN && isInteger {
                    tally.unfit += 1
                    tally.exampleOfUnfit = tally.exampleOfUnfit ?? value
                }
            }
        }
        return unsafe (slice.withUnsafeBytes { unsafe [UInt8]($0) }, tally)
    }

    /// Integers hold their values exactly; floating-point numbers may round but not overflow.
    @inline(__always)
    private static func fits<Target: VoxelElement>(_ value: Double, _ voxel: Target) -> Bool {
        let kept = voxel.doubleValue
        return Target.elementType.isFloatingPoint
            ? kept.isFinite || !value.isFinite
            // From 2 to the 53rd on a Double no longer tells neighbouring whole numbers apart.
            : kept == value && (abs(value) < 0x1p53 || Target.elementType.byteCount < 8)
    }

    private static func stretch(
        _ row: inout [Double], _ window: ClosedRange<Double>, _ target: ElementType,
        _ tally: inout VoxelConversion.Tally
    ) {
        let ends = target.range ?? 0...1
        let span = ends.upperBound - ends.lowerBound
        let width = window.upperBound - window.lowerBound
        for x in row.indices {
            let value = row[x]
            if value < window.lowerBound {
                row[x] = ends.lowerBound
                tally.below += 1
            } else if value > window.upperBound {
                row[x] = ends.upperBound
                tally.above += 1
            } else {
                let stretched = ends.lowerBound + (value - window.lowerBound) / width * span
                row[x] = target.isFloatingPoint ? stretched : stretched.rounded()
            }
        }
    }
}

extension RawSlab {
    /// Reads one row of all slices' rows as numbers.
    fileprivate func load(row: Int, into numbers: inout [Double]) {
        switch elementType {
        case .uint8: load(UInt8.self, row, &numbers)
        case .int8: load(Int8.self, row, &numbers)
        case .uint16: load(UInt16.self, row, &numbers)
        case .int16: load(Int16.self, row, &numbers)
        case .uint32: load(UInt32.self, row, &numbers)
        case .int32: load(Int32.self, row, &numbers)
        case .uint64: load(UInt64.self, row, &numbers)
        case .int64: load(Int64.self, row, &numbers)
        case .float16: load(Float16.self, row, &numbers)
        case .float32: load(Float.self, row, &numbers)
        case .float64: load(Double.self, row, &numbers)
        }
    }

    @inline(__always)
    private func load<Element: VoxelElement>(
        _ type: Element.Type, _ row: Int, _ numbers: inout [Double]
    ) {
        withVoxels(as: type) { span in
            let source = span.extracting((row * shape.width)..<((row + 1) * shape.width))
            var target = numbers.mutableSpan
            for x in source.indices { target[x] = source[x].doubleValue }
        }
    }
}
