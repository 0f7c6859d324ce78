extension RawSlab {
    /// The voxels in `region`, which lies inside the slab.
    public func cropped(to region: Region) -> RawSlab {
        precondition(region.fits(in: shape), "a crop lies inside its slab")
        if region == Region(all: shape) { return self }
        let size = elementType.byteCount
        var cropped: [UInt8] = []
        cropped.reserveCapacity(region.shape.count * size)
        for z in region.slices {
            for y in region.rows {
                let row = (z * shape.height + y) * shape.width
                cropped +=
                    bytes[
                        ((row + region.x) * size)..<((row + region.columns.upperBound) * size)]
            }
        }
        return RawSlab(elementType: elementType, shape: region.shape, bytes: cropped)
    }

    /// The mean of every cube of `factor` voxels a side; voxels left over at the far edges drop out.
    ///
    /// Integers are summed exactly and round half away from zero; a NaN makes its mean NaN. With
    /// the origin at the volume's corner, binning moves no coordinates.
    ///
    /// - Parameter factor: At least 1, at most every extent of the slab, and 256 at the most.
    public func binned(by factor: Int) -> RawSlab {
        precondition(
            factor >= 1 && factor <= 256 && factor <= shape.depth && factor <= shape.height
                && factor <= shape.width, "a bin fits into the slab")
        if factor == 1 { return self }
        return switch elementType {
        case .uint8: bin(UInt8.self, factor)
        case .int8: bin(Int8.self, factor)
        case .uint16: bin(UInt16.self, factor)
        case .int16: bin(Int16.self, factor)
        case .uint32: bin(UInt32.self, factor)
        case .int32: bin(Int32.self, factor)
        case .uint64: bin(UInt64.self, factor)
        case .int64: bin(Int64.self, factor)
        case .float16: bin(Float16.self, factor)
        case .float32: bin(Float.self, factor)
        case .float64: bin(Double.self, factor)
        }
    }

    @inline(__always)
    private func bin<Element: BinnableElement>(_ type: Element.Type, _ factor: Int) -> RawSlab {
        let shape = shape
        let binned = Shape(
            depth: shape.depth / factor, height: shape.height / factor, width: shape.width / factor)
        let voxelsInBin = factor * factor * factor
        let volume = Volume<Element>(
            shape: binned,
            fillingSlicesConcurrently: { z, slice in
                var totals = [Element.Total](repeating: Element.noTotal, count: binned.width)
                for y in 0..<binned.height {
                    self.withVoxels(as: Element.self) { span in
                        var totals = totals.mutableSpan
                        for sourceZ in (z * factor)..<((z + 1) * factor) {
                            for sourceY in (y * factor)..<((y + 1) * factor) {
                                let start = (sourceZ * shape.height + sourceY) * shape.width
                                let row = span.extracting(start..<(start + binned.width * factor))
                                if factor == 2 {
                                    for x in totals.indices {
                                        Element.add(row[2 * x], to: &totals[x])
                                        Element.add(row[2 * x + 1], to: &totals[x])
                                    }
                                } else {
                                    for x in totals.indices {
                                        for offset in 0..<factor {
                                            Element.add(row[x * factor + offset], to: &totals[x])
                                        }
                                    }
                                }
                            }
                        }
                    }
                    for x in 0..<binned.width {
                        slice[y * binned.width + x] = Element.mean(totals[x], of: voxelsInBin)
                        totals[x] = Element.noTotal
                    }
                }
            })
        return RawSlab(volume)
    }
}

/// A voxel whose mean over a bin is known without loss in between.
protocol BinnableElement: VoxelElement, ExpressibleByIntegerLiteral {
    associatedtype Total: BitwiseCopyable, Sendable
    static var noTotal: Total { get }
    static func add(_ voxel: Self, to total: inout Total)
    static func mean(_ total: Total, of count: Int) -> Self
}

extension BinnableElement where Self: FixedWidthInteger, Total: FixedWidthInteger {
    static var noTotal: Total { 0 }
    @inline(__always)
    static func add(_ voxel: Self, to total: inout Total) {
        total &+= Total(truncatingIfNeeded: voxel)
    }
    @inline(__always)
    static func mean(_ total: Total, of count: Int) -> Self {
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: Total(count))
        let isHalf = remainder.magnitude * 2 >= Total(count).magnitude
        return Self(truncatingIfNeeded: quotient + (isHalf ? remainder.signum() : 0))
    }
}

extension BinnableElement where Self: BinaryFloatingPoint, Total == Double {
    static var noTotal: Double { 0 }
    @inline(__always)
    static func add(_ voxel: Self, to total: inout Double) { total += Double(voxel) }
    @inline(__always)
    static func mean(_ total: Double, of count: Int) -> Self { Self(total / Double(count)) }
}

// 256 cubed voxels of 32 bits sum to less than 2 to the 56th.
extension UInt8: BinnableElement { typealias Total = Int }
extension Int8: BinnableElement { typealias Total = Int }
extension UInt16: BinnableElement { typealias Total = Int }
extension Int16: BinnableElement { typealias Total = Int }
extension UInt32: BinnableElement { typealias Total = Int }
extension Int32: BinnableElement { typealias Total = Int }
extension UInt64: BinnableElement { typealias Total = Int128 }
extension Int64: BinnableElement { typealias Total = Int128 }
extension Float16: BinnableElement { typealias Total = Double }
extension Float: BinnableElement { typealias Total = Double }
extension Double: BinnableElement { typealias Total = Double }
