import SystemPackage
import Volumes

/// Whether the stated way to read raw numbers makes a clearly rougher picture than another way.
///
/// Neighbouring voxels of a scan resemble each other. Read with the bytes turned around they do
/// not: the steps between neighbours become as large as the spread of all values. Read with the
/// sign misunderstood, values on both sides of zero jump from one end of the range to the other.
/// So a sample of rows is read in every way that fits the voxel's size, and the stated one is
/// refused when another is clearly smoother. Noise is equally rough in every reading and passes;
/// so do masks, whose few values tell nothing about neighbours.
enum ReadingCheck {
    /// Steps over spread have to shrink by this to believe the other byte order.
    static let clearOrderRatio = 0.6
    /// Steps have to shrink by this to believe the other sign; a true jump is far larger.
    static let clearSignRatio = 0.25
    private static let greatestMask = 16
    private static let greatestRowCount = 64
    private static let greatestRowWidth = 4096

    /// One way to read the bytes of an integer or a floating-point number.
    struct Reading: Hashable {
        var isBigEndian: Bool
        var isSigned: Bool
    }

    /// Throws unless the stated reading is as smooth as any other.
    static func require(
        _ source: any VoxelSource, shape: Shape, elementType: ElementType, isBigEndian: Bool,
        path: FilePath, remedy: String
    ) throws(VolumeFileError) {
        guard elementType.byteCount > 1, shape.width > 1 else { return }
        let rows = try sample(source, shape: shape, elementType: elementType)
        let signs =
            elementType.isFloatingPoint ? [true] : [elementType.isSigned, !elementType.isSigned]
        func steps(_ isBigEndian: Bool) -> [Steps] {
            signs.map { Steps(rows, elementType, .init(isBigEndian: isBigEndian, isSigned: $0)) }
        }
        let stated = steps(isBigEndian)
        guard stated[0].distinctCount > greatestMask else { return }
        if let other = stated.dropFirst().first, other.mean < clearSignRatio * stated[0].mean {
            try refuse(elementType, isBigEndian, smoothAs: other.reading, path, remedy)
        }
        let turned = steps(!isBigEndian).min { $0.mean < $1.mean }
        if let turned, turned.overSpread < clearOrderRatio * stated[0].overSpread {
            try refuse(elementType, isBigEndian, smoothAs: turned.reading, path, remedy)
        }
    }

    private static func refuse(
        _ elementType: ElementType, _ isBigEndian: Bool, smoothAs reading: Reading,
        _ path: FilePath, _ remedy: String
    ) throws(VolumeFileError) {
        var words: [String] = []
        if reading.isBigEndian != isBigEndian {
            words.append(reading.isBigEndian ? "big endian" : "little endian")
        }
        if reading.isSigned != elementType.isSigned, !elementType.isFloatingPoint {
            words.append(reading.isSigned ? "signed" : "unsigned")
        }
        throw .unsupported(
            path,
            problem: """
                read as \(isBigEndian ? "big" : "little")-endian \(elementType.rawValue) it is \
                noise, but smooth as \(words.joined(separator: ", "))
                """,
            advice: remedy)
    }

    /// Rows spread evenly over the scan.
    private static func sample(
        _ source: any VoxelSource, shape: Shape, elementType: ElementType
    ) throws(VolumeFileError) -> [[UInt8]] {
        let rowCount = shape.depth * shape.height
        let count = min(rowCount, greatestRowCount)
        let width = min(shape.width, greatestRowWidth)
        var rows: [[UInt8]] = []
        for index in 0..<count {
            // The middle of each of `count` equal parts, without a product that could overflow.
            let row = rowCount / count * index + rowCount / count / 2
            let start =
                (row * shape.width + (shape.width - width) / 2) * elementType.byteCount
            rows.append(try source.read(start..<(start + width * elementType.byteCount)))
        }
        return rows
    }

    /// How much neighbours differ in one reading.
    private struct Steps {
        let reading: Reading
        /// The mean step, as a part of the range of the type.
        let mean: Double
        /// The mean step over the standard deviation of all voxels; 0 for a constant.
        let overSpread: Double
        /// Different values, counted up to a few.
        let distinctCount: Int

        init(_ rows: [[UInt8]], _ elementType: ElementType, _ reading: Reading) {
            self.reading = reading
            var steps = 0.0
            var stepCount = 0
            var keys: [Double] = []
            var distinct: Set<Double> = []
            for row in rows {
                var previous: Double?
                for index in stride(from: 0, to: row.count, by: elementType.byteCount) {
                    let key = key(row, at: index, elementType, reading)
                    keys.append(key)
                    if distinct.count <= greatestMask { distinct.insert(key) }
                    if let previous {
                        steps += abs(key - previous)
                        stepCount += 1
                    }
                    previous = key
                }
            }
            let centre = keys.reduce(0, +) / Double(max(keys.count, 1))
            let variance =
                keys.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(max(keys.count, 1))
            mean = stepCount > 0 ? steps / Double(stepCount) : 0
            overSpread = variance > 0 ? mean / variance.squareRoot() : 0
            distinctCount = distinct.count
        }
    }

    /// The voxel as a number in 0...1 that keeps the order of the reading. Floating-point numbers
    /// are compared by their bits, which puts a misread exponent far away instead of at infinity.
    private static func key(
        _ row: [UInt8], at index: Int, _ elementType: ElementType, _ reading: Reading
    ) -> Double {
        let count = elementType.byteCount
        var bits: UInt64 = 0
        for byte in 0..<count {
            let position = reading.isBigEndian ? index + byte : index + count - 1 - byte
            bits = bits << 8 | UInt64(row[position])
        }
        let signBit = UInt64(1) << (8 * count - 1)
        if elementType.isFloatingPoint {
            bits = bits & signBit == 0 ? bits | signBit : ~bits & (signBit << 1 &- 1)
        } else if reading.isSigned {
            bits ^= signBit
        }
        return Double(bits) / Double(signBit) / 2
    }
}
