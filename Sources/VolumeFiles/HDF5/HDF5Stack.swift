import SystemPackage
import Volumes

/// Datasets of one shape and type in one group, each a slice, in order of the numbers in their names.
struct HDF5Stack {
    let slices: [HDF5Node]
    let height: Int
    let width: Int
    let elementType: ElementType
    let notes: [String]

    /// Puts `images`, which is not empty, in order.
    ///
    /// - Throws: ``VolumeFileError/malformed(_:problem:)`` for slices that differ, or whose numbers
    ///   leave gaps that are not allowed.
    init(_ images: [HDF5Dataset], allowsGaps: Bool) throws(VolumeFileError) {
        let ordered = images.sorted { $0.node.name.naturallyPrecedes($1.node.name) }
        let first = ordered[0]
        let path = first.node.file.path
        guard let shape = first.shape, let elementType = first.elementType else {
            preconditionFailure("a stack is made of images")
        }
        for image in ordered {
            guard image.shape == shape, image.elementType == elementType else {
                throw .malformed(
                    path, problem: "the slices differ: \(first.choice) and \(image.choice)")
            }
        }
        var notes = ["\(ordered.count) datasets are read as the slices of one scan"]
        let numbers = ordered.map { $0.node.name.numberParts }
        let varying = numbers[0].indices.filter { part in
            numbers.contains { $0.count > part && $0[part] != numbers[0][part] }
        }
        if varying.count == 1, ordered.count > 2 {
            let values = numbers.map { $0[varying[0]] }
            let steps = zip(values, values.dropFirst()).map { $1.subtractingReportingOverflow($0) }
            let step = steps.map(\.partialValue).min() ?? 1
            if let gap = steps.firstIndex(where: { $0.partialValue != step || $0.overflow }) {
                let place = "\(values[gap]) and \(values[gap + 1])"
                guard allowsGaps else {
                    throw .malformed(path, problem: "slices are missing between \(place)")
                }
                notes.append("slices are missing, the first between \(place)")
            }
        }
        slices = ordered.map(\.node)
        height = shape.height
        width = shape.width
        self.elementType = elementType
        self.notes = notes
    }

    /// Images that differ in the numbers of their names alone.
    struct Family {
        /// The path with `*` for the numbers that differ.
        let pattern: String
        let slices: [HDF5Dataset]
        var isCalibration: Bool { pattern.isCalibration }
    }

    /// Sorts images into families of three or more; single dark and bright fields count as well.
    static func families(_ images: [HDF5Dataset]) -> [Family] {
        struct Key: Hashable {
            let group: Substring
            let pattern: String
            let shape: Shape?
            let elementType: ElementType?
        }
        var members: [Key: [HDF5Dataset]] = [:]
        var order: [Key] = []
        for image in images {
            let path = image.node.path
            let end = path.lastIndex(of: "/") ?? path.startIndex
            let key = Key(
                group: path[..<end], pattern: String(path[end...]).withNumbersHidden,
                shape: image.shape, elementType: image.elementType)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(image)
        }
        return order.compactMap { key in
            guard let slices = members[key] else { return nil }
            let pattern = String(key.group) + commonPattern(slices.map { "/" + $0.node.lastName })
            let family = Family(pattern: pattern, slices: slices)
            return slices.count >= 3 || family.isCalibration ? family : nil
        }
    }

    /// The names with `*` between what all of them begin and end with.
    private static func commonPattern(_ names: [String]) -> String {
        guard let first = names.first, names.count > 1 else { return names.first ?? "" }
        var start = first[...]
        var end = first[...]
        for name in names {
            start = start.commonPrefix(with: name)
            end = end.commonSuffix(with: name)
        }
        // A digit on either side of the place where the numbers begin to differ belongs to them.
        while let last = start.last, last.isNumber { start.removeLast() }
        while let first = end.first, first.isNumber { end.removeFirst() }
        return start.count + end.count <= first.count ? "\(start)*\(end)" : "\(start)*"
    }
}

extension HDF5Node {
    /// The last component of the path.
    fileprivate var lastName: String { String(path.split(separator: "/").last ?? "") }
}

extension Substring {
    fileprivate func commonPrefix(with other: String) -> Substring {
        prefix(zip(self, other).prefix { $0 == $1 }.count)
    }

    fileprivate func commonSuffix(with other: String) -> Substring {
        suffix(zip(reversed(), other.reversed()).prefix { $0 == $1 }.count)
    }
}

extension String {
    private enum Part {
        case text(Substring)
        case number(Int, digits: Substring)
    }

    private var parts: [Part] {
        var parts: [Part] = []
        var rest = self[...]
        while let first = rest.first {
            let isNumber = first.isASCII && first.isNumber
            let piece = rest.prefix { ($0.isASCII && $0.isNumber) == isNumber }
            parts.append(
                isNumber ? .number(Int(piece) ?? .max, digits: piece) : .text(piece))
            rest = rest[piece.endIndex...]
        }
        return parts
    }

    /// The whole numbers in a name, first to last.
    fileprivate var numberParts: [Int] {
        parts.compactMap { if case .number(let number, _) = $0 { number } else { nil } }
    }

    /// The name with `#` for every whole number.
    fileprivate var withNumbersHidden: String {
        parts.map { part in
            switch part {
            case .text(let text): String(text)
            case .number: "#"
            }
        }.joined()
    }

    /// Whether the name comes before `other` when numbers in them are compared as numbers.
    fileprivate func naturallyPrecedes(_ other: String) -> Bool {
        for (mine, theirs) in zip(parts, other.parts) {
            switch (mine, theirs) {
            case (.number(let a, let x), .number(let b, let y)):
                if a != b { return a < b }
                if x != y { return x < y }
            case (.text(let a), .text(let b)):
                if a != b { return a < b }
            case (.number, .text): return true
            case (.text, .number): return false
            }
        }
        return count < other.count
    }
}
