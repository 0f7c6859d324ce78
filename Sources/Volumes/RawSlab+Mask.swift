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
