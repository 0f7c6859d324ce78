extension PickledTensor {
    /// The numbers laid out densely, out of the bytes of the whole storage.
    ///
    /// - Throws: What `malformed` makes of a window that reaches beyond the storage.
    func dense(
        from bytes: [UInt8], malformed: (String) -> WeightFileError
    ) throws(WeightFileError) -> WeightTensor {
        let size = scalar.byteCount
        // A view is counted in the storage's numbers, a tensor in its own.
        let width = storage.scalar.byteCount
        let windowStart = storage.view.lowerBound * width
        let windowEnd = storage.view.upperBound * width
        guard let byteCount = WeightTensor.byteCount(shape: shape, scalar: scalar),
            let reach, reach <= (windowEnd - windowStart) / size, windowEnd <= bytes.count
        else { throw malformed("a tensor reaches beyond its storage") }
        let start = windowStart + offset * size
        if byteCount == 0 { return WeightTensor(scalar: scalar, shape: shape, bytes: []) }
        if isDense {
            if byteCount == bytes.count {
                return WeightTensor(scalar: scalar, shape: shape, bytes: bytes)
            }
            return WeightTensor(
                scalar: scalar, shape: shape, bytes: Array(bytes[start..<(start + byteCount)]))
        }
        return WeightTensor(
            scalar: scalar, shape: shape, bytes: gathered(bytes, from: start, count: byteCount))
    }

    /// Numbers from the storage's beginning to behind the last one used; `nil` where that cannot be
    /// counted in an `Int`.
    private var reach: Int? {
        if shape.contains(0) { return offset }
        var last = offset
        for (extent, step) in zip(shape, strides) {
            let (way, wayOverflow) = (extent - 1).multipliedReportingOverflow(by: step)
            let (sum, sumOverflow) = last.addingReportingOverflow(way)
            guard !wayOverflow, !sumOverflow else { return nil }
            last = sum
        }
        let (behind, overflow) = last.addingReportingOverflow(1)
        return overflow ? nil : behind
    }

    /// Whether the numbers lie one behind the other, the last axis fastest.
    private var isDense: Bool {
        var expected = 1
        for (extent, step) in zip(shape, strides).reversed() {
            if extent > 1, step != expected { return false }
            expected *= extent
        }
        return true
    }

    /// Copies number by number, the last axis fastest; the caller has checked the reach.
    private func gathered(_ bytes: [UInt8], from start: Int, count: Int) -> [UInt8] {
        let size = scalar.byteCount
        var result: [UInt8] = []
        result.reserveCapacity(count)
        // An axis of one number takes no step, and may name a stride of any length.
        let axes = zip(shape, strides).filter { $0.0 > 1 }.map { (extent: $0, step: $1 * size) }
        var index = Array(repeating: 0, count: axes.count)
        var place = start
        while true {
            result += bytes[place..<(place + size)]
            var axis = axes.count - 1
            while axis >= 0 {
                index[axis] += 1
                place += axes[axis].step
                if index[axis] < axes[axis].extent { break }
                place -= axes[axis].step * axes[axis].extent
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return result }
        }
    }
}
