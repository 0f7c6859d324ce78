extension RawSlab {
    /// Where voxels have one grey value.
    public func mask(where value: Double) -> Mask {
        elementType.visit(EqualTo(slab: self, value: value))
    }

    /// Where voxels are 1; `nil` if any is neither 0 nor 1.
    public func maskOfOnes() -> Mask? {
        let ones = mask(where: 1)
        let zeros = mask(where: 0)
        let isBinary = concurrentMap(count: shape.depth) { z in
            ones.withVoxels { ones in
                zeros.withVoxels { zeros in
                    let slice = (z * shape.sliceCount)..<((z + 1) * shape.sliceCount)
                    let (a, b) = (ones.extracting(slice), zeros.extracting(slice))
                    for i in 0..<a.count where !a[i] && !b[i] { return false }
                    return true
                }
            }
        }
        return isBinary.allSatisfy(\.self) ? ones : nil
    }
}

extension RawSlab {
    /// The place in the scan of the first voxel in view that is no number; `nil` if all are numbers.
    ///
    /// - Parameter firstSlice: Where the slab begins in the scan.
    public func firstNaN(
        within fieldOfView: FieldOfView = .all, firstSlice: Int = 0
    ) -> (z: Int, y: Int, x: Int)? {
        guard elementType.isFloatingPoint else { return nil }
        return elementType.visit(
            FirstNaN(slab: self, fieldOfView: fieldOfView, firstSlice: firstSlice))
    }
}

/// Looks for a voxel that is no number.
private struct FirstNaN: ElementTypeVisitor {
    let slab: RawSlab
    let fieldOfView: FieldOfView
    let firstSlice: Int

    func visit<Element: VoxelElement>(_ type: Element.Type) -> (z: Int, y: Int, x: Int)? {
        let shape = slab.shape
        let found = concurrentMap(count: shape.depth) { z -> (z: Int, y: Int, x: Int)? in
            slab.withVoxels(as: type) { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    let columns = fieldOfView.columns(z: firstSlice + z, y: y, in: shape)
                    for x in columns where row[x].doubleValue.isNaN {
                        return (firstSlice + z, y, x)
                    }
                }
                return nil
            }
        }
        return found.lazy.compactMap(\.self).first
    }
}

/// Compares the voxels of a slab with a grey value that its number format may not hold.
private struct EqualTo: ElementTypeVisitor {
    let slab: RawSlab
    let value: Double

    func visit<Element: VoxelElement>(_ type: Element.Type) -> Mask {
        let wanted = Element(nearest: value)
        var mask = Mask(shape: slab.shape, repeating: false)
        guard wanted.doubleValue == value else { return mask }
        mask.forEachSliceConcurrently { z, slice in
            slab.withVoxels(as: type) { voxels in
                let start = z * slice.count
                let source = voxels.extracting(start..<(start + slice.count))
                for i in 0..<slice.count { slice[i] = source[i] == wanted }
            }
        }
        return mask
    }
}
