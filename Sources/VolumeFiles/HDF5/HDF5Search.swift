import CHDF5
import SystemPackage
import Volumes

/// What was chosen in a file: one dataset, or several that are the slices of one scan.
struct HDF5Choice {
    enum Content {
        case dataset(HDF5Node)
        case stack(HDF5Stack)
    }
    let content: Content
    /// The path or pattern a user would name it by.
    let name: String
    /// What a user should know about the choice.
    var notes: [String] = []
}

/// Finds the scan in a file.
///
/// In this order: what the user named; Data Exchange's `/exchange/data`; the default plot of NeXus;
/// the only NeXus plot, the only volume, the only stack of equal images, the only image.
struct HDF5Search {
    let resolver: HDF5Resolver
    let allowsGaps: Bool

    /// Objects looked at before a file counts as too large to search.
    private static let maximumObjects = 20_000
    private static let maximumDepth = 32
    /// Choices spelled out in a message.
    private static let maximumChoices = 20

    private var file: HDF5File { resolver.main }

    /// Finds the dataset, stack or group of slices called `name`, or whatever fits without one.
    func find(_ name: String?) throws(VolumeFileError) -> HDF5Choice {
        let root = try file.rootNode()
        if let name { return try named(name, from: root) }
        if let exchange = try? resolver.find("/exchange/data", from: root),
            let dataset = dataset(exchange), dataset.isVolume || dataset.isImage
        {
            return HDF5Choice(content: .dataset(exchange), name: exchange.path)
        }
        var notes: [String] = []
        if let plot = try defaultPlot(root, &notes) {
            return HDF5Choice(content: .dataset(plot.node), name: plot.node.path, notes: notes)
        }
        var choice = try survey(root, name: nil)
        choice.notes = notes + choice.notes
        return choice
    }

    // MARK: A name

    private func named(_ name: String, from root: HDF5Node) throws(VolumeFileError) -> HDF5Choice {
        if let node = try resolver.find(name, from: root) {
            switch node.kind {
            case .dataset: return HDF5Choice(content: .dataset(node), name: node.path)
            case .group: return try survey(node, name: node.path)
            case .other: break
            }
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        if let pattern = parts.last, pattern.contains("*"),
            let group = try resolver.find(
                "/" + parts.dropLast().joined(separator: "/"), from: root), group.kind == .group
        {
            let slices = try images(in: group).filter { $0.node.name.matches(pattern) }
            guard !slices.isEmpty else { throw try notFound(name, root) }
            let stack = try HDF5Stack(slices, allowsGaps: allowsGaps)
            return HDF5Choice(
                content: .stack(stack), name: group.path(of: pattern), notes: stack.notes)
        }
        throw try notFound(name, root)
    }

    private func notFound(
        _ name: String, _ root: HDF5Node
    ) throws(VolumeFileError) -> VolumeFileError {
        let found = try inventory(root, notes: nil).datasets.filter { $0.elementType != nil }
        let choices = found.prefix(Self.maximumChoices).map(\.choice).joined(separator: ", ")
        return .unsupported(
            file.path, problem: "there is no dataset \(name.printable)",
            advice: choices.isEmpty
                ? "it holds no numeric datasets at all" : "--dataset can be one of: \(choices)")
    }

    // MARK: NeXus

    /// The dataset that the chain of `default` and `signal` attributes leads to. A broken chain
    /// gives `nil` and a note: files are often moved without the parts they link to.
    private func defaultPlot(
        _ root: HDF5Node, _ notes: inout [String]
    ) throws(VolumeFileError) -> HDF5Dataset? {
        do throws(VolumeFileError) {
            var node = root
            var isChain = false
            while let next = try node.attribute("default")?.text, !next.isEmpty {
                guard let found = try resolver.find(next, from: node), node.path != found.path,
                    found.path.count < 1024
                else { break }
                node = found
                isChain = true
                if node.kind != .group { break }
            }
            if !isChain, let entry = try entries(root).first,
                let next = try entry.attribute("default")?.text,
                let found = try resolver.find(next, from: entry)
            {
                node = found
                isChain = true
            }
            guard isChain, node.kind == .group, let signal = try signal(of: node) else {
                return nil
            }
            return signal.isVolume || signal.isImage ? signal : nil
        } catch .malformed(_, let problem) {
            notes.append("its default plot cannot be opened: \(problem)")
        } catch .missing(let path) {
            notes.append("its default plot cannot be opened: \(path) is missing")
        }
        return nil
    }

    /// The groups of class NXentry in the root group.
    private func entries(_ root: HDF5Node) throws(VolumeFileError) -> [HDF5Node] {
        var entries: [HDF5Node] = []
        for name in try memberNames(of: root).prefix(64) {
            guard let node = try? resolver.member(name, of: root), node.kind == .group,
                try node.attribute("NX_class")?.text == "NXentry"
            else { continue }
            entries.append(node)
        }
        return entries
    }

    /// The plotted dataset of an NXdata group.
    private func signal(of group: HDF5Node) throws(VolumeFileError) -> HDF5Dataset? {
        guard let name = try group.attribute("signal")?.text,
            let node = try resolver.member(name, of: group), node.kind == .dataset
        else { return nil }
        return dataset(node)
    }

    // MARK: Everything

    /// What fits below `group`, if one thing does.
    private func survey(_ group: HDF5Node, name: String?) throws(VolumeFileError) -> HDF5Choice {
        var notes: [String] = []
        let inventory = try inventory(group, notes: { notes.append($0) })
        let plots = inventory.plots.filter(\.isVolume).unique
        if notes.count > 3 {
            notes = notes.prefix(3) + ["\(notes.count - 3) more objects are left out"]
        }
        if plots.count == 1 {
            return HDF5Choice(
                content: .dataset(plots[0].node), name: plots[0].node.path, notes: notes)
        }
        var volumes = inventory.datasets.filter(\.isVolume)
        if volumes.count > 1 {
            let scans = volumes.filter { !$0.node.name.isCalibration }
            if !scans.isEmpty { volumes = scans }
        }
        if volumes.count == 1 {
            return HDF5Choice(
                content: .dataset(volumes[0].node), name: volumes[0].node.path, notes: notes)
        }
        if volumes.count > 1 { throw ambiguous(volumes.map(\.choice)) }
        let images = inventory.datasets.filter(\.isImage)
        let families = HDF5Stack.families(images)
        let scans = families.filter { !$0.isCalibration }
        if scans.count == 1 {
            let stack = try HDF5Stack(scans[0].slices, allowsGaps: allowsGaps)
            notes += stack.notes
            if families.count > 1 {
                notes.append(
                    "dark or bright fields lie beside the slices: these look like projections, "
                        + "not like a reconstructed volume")
            }
            return HDF5Choice(content: .stack(stack), name: scans[0].pattern, notes: notes)
        }
        if scans.count > 1 {
            throw ambiguous(scans.map { "\($0.pattern.printable) (\($0.slices.count) slices)" })
        }
        if images.count == 1 {
            return HDF5Choice(
                content: .dataset(images[0].node), name: images[0].node.path, notes: notes)
        }
        if images.count > 1 { throw ambiguous(images.map(\.choice)) }
        // A broken link or object is the reason that there is nothing: say so.
        if let obstacle = inventory.obstacle { throw obstacle }
        let others = inventory.datasets.prefix(Self.maximumChoices).map(\.choice)
        throw .unsupported(
            file.path,
            problem: "no image or volume in it" + (name.map { " under \($0.printable)" } ?? ""),
            advice: others.isEmpty
                ? "it holds no datasets" : "it holds \(others.joined(separator: ", "))")
    }

    private func ambiguous(_ choices: [String]) -> VolumeFileError {
        let shown = choices.prefix(Self.maximumChoices)
        let more = choices.count - shown.count
        return .ambiguous(
            file.path, choices: shown + (more > 0 ? ["and \(more) more"] : []),
            advice: "choose one with --dataset")
    }

    /// The datasets below a group, each once, and those that are plots of NeXus.
    private struct Inventory {
        var datasets: [HDF5Dataset] = []
        var plots: [HDF5Dataset] = []
        var seen: Set<HDF5Node.Identity> = []
        var objectCount = 0
        /// Why the first object that was left out could not be opened.
        var obstacle: VolumeFileError?
    }

    private func inventory(
        _ group: HDF5Node, notes: ((String) -> Void)?
    ) throws(VolumeFileError) -> Inventory {
        var inventory = Inventory()
        // Hard links first: an object is best known by the path it has in its own file.
        var pending: [(group: HDF5Node, depth: Int)] = [(group, 0)]
        inventory.seen.insert(group.identity)
        while let (node, depth) = pending.popFirst() {
            var below: [HDF5Node] = []
            for name in try memberNames(of: node) {
                inventory.objectCount += 1
                guard inventory.objectCount <= Self.maximumObjects else {
                    throw .unsupported(
                        file.path, problem: "more than \(Self.maximumObjects) objects in it",
                        advice: "name the dataset with --dataset")
                }
                do throws(VolumeFileError) {
                    guard let member = try resolver.member(name, of: node),
                        inventory.seen.insert(member.identity).inserted
                    else { continue }
                    switch member.kind {
                    case .group: below.append(member)
                    case .dataset:
                        let dataset = try HDF5Dataset(member)
                        let role = try member.attribute("CLASS")?.text
                        guard role != "PALETTE", role != "DIMENSION_SCALE" else { continue }
                        inventory.datasets.append(dataset)
                    case .other: break
                    }
                } catch {
                    inventory.obstacle = inventory.obstacle ?? error
                    guard let reason = obstacleText(error) else { throw error }
                    notes?("\(node.path(of: name).printable) is left out: \(reason)")
                }
            }
            if try node.attribute("NX_class")?.text == "NXdata" {
                if let signal = try? signal(of: node) { inventory.plots.append(signal) }
            }
            guard depth < Self.maximumDepth else { continue }
            pending += below.map { ($0, depth + 1) }
        }
        return inventory
    }

    /// Why an object can be left out of a search; `nil` where the search itself has failed.
    private func obstacleText(_ error: VolumeFileError) -> String? {
        switch error {
        case .malformed(_, let problem), .unsupported(_, let problem, _): problem
        case .missing(let path): "\(path) is missing"
        case .unreadable(let path, let reason): "\(path) cannot be read (\(reason))"
        case .outsideRoot(_, let reference): "it refers to \(reference), outside the folder"
        case .ambiguous, .cannotWrite, .noSpace: nil
        }
    }

    private func images(in group: HDF5Node) throws(VolumeFileError) -> [HDF5Dataset] {
        var images: [HDF5Dataset] = []
        for name in try memberNames(of: group) {
            guard let node = try resolver.member(name, of: group), node.kind == .dataset else {
                continue
            }
            let dataset = try HDF5Dataset(node)
            if dataset.isImage { images.append(dataset) }
        }
        return images
    }

    private func dataset(_ node: HDF5Node) -> HDF5Dataset? {
        node.kind == .dataset ? try? HDF5Dataset(node) : nil
    }

    /// The names in a group, in order of name.
    func memberNames(of node: HDF5Node) throws(VolumeFileError) -> [String] {
        let group = try node.openGroup()
        let names = NameList(limit: Self.maximumObjects + 1)
        var index: hsize_t = 0
        let status = unsafe H5Literate(
            group.id, H5_INDEX_NAME, H5_ITER_INC, &index,
            { _, name, _, context in
                guard let name = unsafe name, let context = unsafe context else { return -1 }
                let names = unsafe Unmanaged<NameList>.fromOpaque(context).takeUnretainedValue()
                unsafe names.names.append(String(cString: name))
                return names.names.count < names.limit ? 0 : 1
            }, Unmanaged.passUnretained(names).toOpaque())
        try checked(status, in: node.file.path, "cannot list \(node.path)")
        return names.names
    }
}

/// Gathers what the library's callback hands out.
private final class NameList {
    var names: [String] = []
    let limit: Int
    init(limit: Int) { self.limit = limit }
}

extension Array {
    fileprivate mutating func popFirst() -> Element? { isEmpty ? nil : removeFirst() }
}

extension [HDF5Dataset] {
    /// Each object once.
    fileprivate var unique: [HDF5Dataset] {
        var seen: Set<HDF5Node.Identity> = []
        return filter { seen.insert($0.node.identity).inserted }
    }
}

extension String {
    /// Whether the name is one that beam lines give to dark and bright fields.
    var isCalibration: Bool {
        let name = lowercased()
        return ["dark", "drk", "flat", "white", "bright", "bkg", "bak", "background"].contains {
            name.contains($0)
        }
    }

    /// Whether the name is `pattern`, where `*` stands for any text.
    func matches(_ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else {
            return self == pattern
        }
        guard count >= first.count + last.count, hasPrefix(first), hasSuffix(last) else {
            return false
        }
        var rest = dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
