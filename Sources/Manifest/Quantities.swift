import Volumes
import StrictYAML

/// Lengths and angles as a manifest writes them: a number, then its unit.
enum Quantity: String {
    case length, angle

    /// How one is written.
    var example: String {
        switch self {
        case .length: "a length with its unit (nm, um or mm), as in '2.25 um'"
        case .angle: "an angle in degrees, as in '1.5 deg'"
        }
    }

    /// The value of a text in micrometres or degrees; `nil` without a number and a unit.
    func value(of text: String) -> Double? {
        let plain = text.replacing("µ", with: "u").replacing("μ", with: "u")
        let end = plain.lastIndex { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let end else { return nil }
        let number = plain[...end]
        let unit = plain[plain.index(after: end)...].drop { $0 == " " }
        guard let value = decimal(number) else { return nil }
        let converted: Double? =
            switch (self, unit) {
            case (.length, "um"), (.length, "micron"), (.length, "microns"): value
            case (.length, "nm"): value / 1000
            case (.length, "mm"): value * 1000
            case (.angle, "deg"), (.angle, "degree"), (.angle, "degrees"), (.angle, "°"): value
            default: nil
            }
        return converted.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Reads one such value in a range.
    func read(
        _ node: YAMLNode, _ key: String, in range: ClosedRange<Double>, _ problems: Problems
    ) -> Double? {
        guard case .scalar(let scalar) = node, let value = value(of: scalar.string) else {
            problems.add(node, "'\(key)' needs \(example)\(butIs(node))")
            return nil
        }
        guard range.contains(value) else {
            problems.add(
                node,
                "'\(key)' lies between \(range.lowerBound) and \(range.upperBound) \(self == .length ? "um" : "degrees")\(butIs(node))"
            )
            return nil
        }
        return value
    }

    /// Reads three of them, `[z, y, x]`.
    func readVector(
        _ node: YAMLNode, _ key: String, in range: ClosedRange<Double>, _ problems: Problems
    ) -> SIMD3<Double>? {
        guard case .sequence(let sequence) = node, sequence.count == 3 else {
            problems.add(node, "'\(key)' is three values [z, y, x], each \(example)")
            return nil
        }
        let values = sequence.compactMap { read($0, key, in: range, problems) }
        return values.count == 3 ? SIMD3(values[0], values[1], values[2]) : nil
    }
}

/// A voxel size: one length for a cube, or three as `[z, y, x]`; from a nanometre to a centimetre.
func readVoxelSize(_ node: YAMLNode, _ problems: Problems) -> VoxelSizeEntry {
    if case .scalar(let scalar) = node, scalar.string == "unknown" { return .unknown }
    let range = 1e-3...1e4
    let size: VoxelSize?
    if case .sequence = node {
        size = Quantity.length.readVector(node, "voxel_size", in: range, problems).flatMap {
            VoxelSize(
                depthInMicrometres: $0[0], heightInMicrometres: $0[1], widthInMicrometres: $0[2])
        }
    } else {
        size = Quantity.length.read(node, "voxel_size", in: range, problems)
            .flatMap { VoxelSize(micrometres: $0) }
    }
    // A size that cannot be read has been noted as a problem.
    return size.map(VoxelSizeEntry.given) ?? .inFile
}
