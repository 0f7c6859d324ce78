import SystemPackage

/// The order of slice files by the number in their names: `slice2` before `slice10`.
///
/// All names must be alike but for one number. That number orders them; other numbers, such as a
/// voxel size or a scan number, are the same in every name.
struct SliceNames: Equatable {
    /// Indices into the names given, in slice order.
    let order: [Int]
    /// Gaps that were tolerated.
    let notes: [String]

    /// Orders `names`, which are in `folder`.
    ///
    /// - Throws: ``VolumeFileError/unsupported(_:problem:advice:)`` naming the files that are of
    ///   another kind, have a number twice, or between which slices are missing.
    init(_ names: [String], in folder: FilePath, allowsGaps: Bool) throws(VolumeFileError) {
        precondition(!names.isEmpty, "there are names to order")
        guard names.count > 1 else {
            order = [0]
            notes = []
            return
        }
        let parsed = names.map(Name.init)
        try Self.checkAlike(parsed, names, folder)
        let field = try Self.varyingField(parsed, names, folder)
        let numbers = parsed.map { $0.numbers[field].value }
        let order = names.indices.sorted {
            (numbers[$0], names[$0]) < (numbers[$1], names[$1])
        }
        var missing: [String] = []
        var missingCount = 0
        for (before, after) in zip(order, order.dropFirst()) {
            guard numbers[before] != numbers[after] else {
                throw .unsupported(
                    folder,
                    problem: "two files are slice \(numbers[before]): "
                        + "\(names[before]), \(names[after])",
                    advice: "keep one of them")
            }
            let gap = numbers[after] - numbers[before] - 1
            guard gap > 0 else { continue }
            missingCount += Int(gap)
            let (low, high) = (numbers[before] + 1, numbers[after] - 1)
            missing.append(gap == 1 ? "\(low)" : "\(low) to \(high)")
        }
        self.order = order
        guard !missing.isEmpty else {
            notes = []
            return
        }
        let list = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", …" : "")
        let problem = """
            \(missingCount) slices are missing between \(names[order[0]]) and \
            \(names[order[order.count - 1]]): \(list)
            """
        guard allowsGaps else {
            throw .unsupported(
                folder, problem: problem,
                advice: "add them, or allow gaps if the slices are meant to be neighbours")
        }
        notes = ["\(problem); those present are taken as neighbours"]
    }

    /// One name in parts.
    private struct Name {
        /// The text with `#` for each number, without regard to the letters of the extension.
        let pattern: String
        let numbers: [(digits: String, value: UInt64)]

        init(_ name: String) {
            var pattern = ""
            var numbers: [(String, UInt64)] = []
            var digits = ""
            let stemEnd = name.lastIndex(of: ".") ?? name.endIndex
            for character in name[..<stemEnd] + "\0" {
                if character.isASCII, character.isWholeNumber {
                    digits.append(character)
                    continue
                }
                // Longer runs are no slice numbers, and might not fit an integer.
                if !digits.isEmpty, digits.count <= 18, let value = UInt64(digits) {
                    numbers.append((digits, value))
                    pattern += "#"
                } else {
                    pattern += digits
                }
                digits = ""
                if character != "\0" { pattern.append(character) }
            }
            let suffix = name[stemEnd...].lowercased()
            self.pattern = pattern + (suffix == ".tiff" ? ".tif" : suffix)
            self.numbers = numbers
        }
    }

    private static func checkAlike(
        _ parsed: [Name], _ names: [String], _ folder: FilePath
    ) throws(VolumeFileError) {
        let groups = Dictionary(grouping: names.indices) { parsed[$0].pattern }
        guard groups.count > 1 else { return }
        let usual =
            groups.min { a, b in
                a.value.count == b.value.count ? a.key < b.key : a.value.count > b.value.count
            }?.key ?? ""
        let others = names.indices.filter { parsed[$0].pattern != usual }.map { names[$0] }.sorted()
        throw .unsupported(
            folder,
            problem: """
                \(others.count) of \(names.count) files are not named like \(usual): \
                \(others.prefix(3).joined(separator: ", "))\(others.count > 3 ? ", …" : "")
                """,
            advice: "move them away, or give a pattern such as \(folder.appending("slice_*.tif"))")
    }

    /// Which number of the names is the slice number: the only one that varies.
    private static func varyingField(
        _ parsed: [Name], _ names: [String], _ folder: FilePath
    ) throws(VolumeFileError) -> Int {
        let fields = parsed[0].numbers.indices.filter { field in
            parsed.contains { $0.numbers[field].digits != parsed[0].numbers[field].digits }
        }
        switch fields.count {
        case 1: return fields[0]
        case 0:
            throw .unsupported(
                folder, problem: "two files are the same slice: \(names[0]), \(names[1])",
                advice: "keep one of them")
        default:
            throw .unsupported(
                folder,
                problem: """
                    names vary in \(fields.count) numbers, as in \(names.min() ?? "") and \
                    \(names.max() ?? "")
                    """,
                advice: "give a pattern that takes one scan, such as "
                    + "\(folder.appending("scan1_*.tif"))")
        }
    }
}
