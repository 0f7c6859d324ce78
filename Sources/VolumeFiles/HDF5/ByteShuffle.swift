/// HDF5's shuffle: all first bytes of the numbers, then all second bytes, and so on.
enum ByteShuffle {
    /// Puts the numbers of `row` into the planes of `planes`, from number `first` on.
    static func scatter(
        _ row: UnsafeRawBufferPointer, into planes: UnsafeMutableRawBufferPointer, first: Int,
        elementBytes: Int
    ) {
        let count = row.count / elementBytes
        let plane = planes.count / elementBytes
        precondition(first + count <= plane, "a row of voxels lies inside its chunk")
        guard let source = row.baseAddress, let target = planes.baseAddress else {
            return
        }
        // One loop a width, so that each is compiled to vector instructions.
        func copy(_ elementBytes: Int) {
            for byte in 0..<elementBytes {
                let start = unsafe target.advanced(by: byte * plane + first)
                    .assumingMemoryBound(to: UInt8.self)
                let numbers = unsafe source.advanced(by: byte)
                    .assumingMemoryBound(to: UInt8.self)
                for index in 0..<count {
                    unsafe start[index] = numbers[index &* elementBytes]
                }
            }
        }
        switch elementBytes {
        case 1: copy(1)
        case 2: copy(2)
        case 4: copy(4)
        default: copy(elementBytes)
        }
    }

    /// Copies the numbers of `row` out of a chunk, shuffled or not, from number `first` on.
    static func copy(
        _ row: UnsafeMutableRawBufferPointer, from chunk: UnsafeRawBufferPointer, first: Int,
        elementBytes: Int, isShuffled: Bool
    ) {
        if isShuffled {
            unsafe gather(row, from: chunk, first: first, elementBytes: elementBytes)
        } else {
            let start = first * elementBytes
            unsafe row.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: chunk[start..<(start + row.count)]))
        }
    }

    /// Takes the numbers of `row` out of the planes of `planes`, from number `first` on.
    static func gather(
        _ row: UnsafeMutableRawBufferPointer, from planes: UnsafeRawBufferPointer, first: Int,
        elementBytes: Int
    ) {
        let count = row.count / elementBytes
        let plane = planes.count / elementBytes
        precondition(first + count <= plane, "a row of voxels lies inside its chunk")
        guard let target = row.baseAddress, let source = planes.baseAddress else {
            return
        }
        func copy(_ elementBytes: Int) {
            for byte in 0..<elementBytes {
                let numbers = unsafe target.advanced(by: byte).assumingMemoryBound(to: UInt8.self)
                let start = unsafe source.advanced(by: byte * plane + first)
                    .assumingMemoryBound(to: UInt8.self)
                for index in 0..<count {
                    unsafe numbers[index &* elementBytes] = start[index]
                }
            }
        }
        switch elementBytes {
        case 1: copy(1)
        case 2:
            // Pairs are by far the commonest: both bytes at once.
            let low = unsafe source.advanced(by: first).assumingMemoryBound(to: UInt8.self)
            let high = unsafe source.advanced(by: plane + first)
                .assumingMemoryBound(to: UInt8.self)
            for index in 0..<count {
                unsafe target.storeBytes(
                    of: (UInt16(low[index]) | UInt16(high[index]) << 8).littleEndian,
                    toByteOffset: index &* 2, as: UInt16.self)
            }
        case 4: copy(4)
        default: copy(elementBytes)
        }
    }
}
