import CHDF5
import Foundation
import SystemPackage
import Volumes

/// Finds the voxel size a file states; a length without a unit is never taken.
struct HDF5VoxelSizeSearch {
    let resolver: HDF5Resolver

    /// The first statement that gives all edges, looked for near the dataset first.
    func find(for node: HDF5Node) throws(VolumeFileError) -> FoundVoxelSize? {
        let parent = try group(above: node)
        let root = try resolver.main.rootNode()
        var places = [node]
        if let parent { places.append(parent) }
        places.append(root)
        if let found = try elementSize(node) { return found }
        if let found = try axisTags(node) { return found }
        for place in places {
            if let found = try plainAttributes(place) { return found }
        }
        if let found = try plotAxes(node, root) { return found }
        return try detectorPixels(node, root)
    }

    /// The group that holds an object, if the object was reached by name in the user's file.
    private func group(above node: HDF5Node) throws(VolumeFileError) -> HDF5Node? {
        let parts = node.path.split(separator: "/").dropLast()
        guard !parts.isEmpty else { return nil }
        return try resolver.find(
            "/" + parts.joined(separator: "/"), from: try resolver.main.rootNode())
    }

    private func found(
        _ edges: [Double], _ unit: Double, at node: HDF5Node, _ key: String, _ raw: String
    ) -> FoundVoxelSize? {
        let edges = edges.map { $0 * unit }
        let size: VoxelSize? =
            switch edges.count {
            case 1: VoxelSize(micrometres: edges[0])
            case 3:
                VoxelSize(
                    depthInMicrometres: edges[0], heightInMicrometres: edges[1],
                    widthInMicrometres: edges[2])
            default: nil
            }
        guard let size else { return nil }
        let file = node.file.path.lastComponent?.string ?? ""
        let place = node.path == "/" ? "/@\(key)" : "\(node.path)@\(key)"
        return FoundVoxelSize(size, source: "\(file): \(place.printable)=\(raw)")
    }

    // MARK: Attributes

    /// Fiji's `element_size_um`, or `element_size` with a unit: along z, y and x.
    private func elementSize(_ node: HDF5Node) throws(VolumeFileError) -> FoundVoxelSize? {
        if let value = try node.attribute("element_size_um"), let edges = value.numbers {
            // A pair is the pixel of an image, whose thickness nobody knows.
            return found(edges, 1, at: node, "element_size_um", value.raw)
        }
        if let value = try node.attribute("element_size"), let edges = value.numbers {
            for key in ["element_size_unit", "element_size_units", "unit"] {
                guard let name = try node.attribute(key)?.text,
                    let unit = micrometres(inOne: name)
                else { continue }
                return found(
                    edges, unit, at: node, "element_size", "\(value.raw) \(name.printable)")
            }
        }
        return nil
    }

    /// ilastik's axis tags, whose units are an attribute of their own or part of each tag.
    private func axisTags(_ node: HDF5Node) throws(VolumeFileError) -> FoundVoxelSize? {
        struct Tags: Decodable {
            struct Axis: Decodable {
                let key: String
                let resolution: Double?
                let unit: String?
            }
            let axes: [Axis]
        }
        guard let text = try node.attribute("axistags")?.text,
            let tags = try? JSONDecoder().decode(Tags.self, from: Data(text.utf8))
        else { return nil }
        let units = try node.attribute("axis_units")?.text.flatMap {
            try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
        }
        var edges: [Double] = []
        var raw: [String] = []
        for key in ["z", "y", "x"] {
            guard let axis = tags.axes.first(where: { $0.key == key }),
                let resolution = axis.resolution, resolution > 0,
                let name = axis.unit ?? units?[key], let unit = micrometres(inOne: name)
            else { return nil }
            edges.append(resolution * unit)
            raw.append("\(key) \(resolution) \(name.printable)")
        }
        return found(edges, 1, at: node, "axistags", raw.joined(separator: ", "))
    }

    /// Attributes whose names say what they are, with a unit in the name or beside them.
    private func plainAttributes(_ node: HDF5Node) throws(VolumeFileError) -> FoundVoxelSize? {
        let names = [
            "voxel_size", "voxelsize", "VoxelSize", "voxel_size_xyz", "pixel_size", "pixelsize",
            "PixelSize", "spacing", "Spacing", "resolution",
        ]
        for name in names {
            for suffix in ["um", "mm", "nm"] {
                let key = "\(name)_\(suffix)"
                if let value = try node.attribute(key), let edges = edges(value, name),
                    let unit = micrometres(inOne: suffix)
                {
                    return found(edges, unit, at: node, key, value.raw)
                }
            }
            guard let value = try node.attribute(name), let edges = edges(value, name) else {
                continue
            }
            for key in ["\(name)_unit", "\(name)_units", "voxel_unit", "unit", "units"] {
                guard let text = try node.attribute(key)?.text,
                    let unit = micrometres(inOne: text)
                else { continue }
                return found(edges, unit, at: node, name, "\(value.raw) \(text.printable)")
            }
        }
        return nil
    }

    /// One edge, or three along z, y and x; `nil` where three differ and their order is not known.
    private func edges(_ value: HDF5Value, _ name: String) -> [Double]? {
        guard let numbers = value.numbers else { return nil }
        if numbers.count == 3, name.hasSuffix("_xyz") { return numbers.reversed() }
        return Set(numbers).count == 1 && [1, 3].contains(numbers.count) ? [numbers[0]] : nil
    }

    // MARK: Datasets

    /// The axes of the NeXus plot that shows the dataset, if they are lengths.
    private func plotAxes(
        _ node: HDF5Node, _ root: HDF5Node
    ) throws(VolumeFileError) -> FoundVoxelSize? {
        for plot in try plots(of: node, root) {
            guard let names = try plot.attribute("axes")?.texts, names.count == 3 else { continue }
            var edges: [Double] = []
            var raw: [String] = []
            for name in names {
                guard let axis = try? resolver.member(name, of: plot), axis.kind == .dataset,
                    let text = try axis.attribute("units")?.text,
                    let unit = micrometres(inOne: text), let step = try regularStep(axis)
                else { break }
                edges.append(step * unit)
                raw.append("\(name.printable) every \(step) \(text.printable)")
            }
            guard edges.count == 3 else { continue }
            return found(edges, 1, at: plot, "axes", raw.joined(separator: ", "))
        }
        return nil
    }

    /// The groups of class NXdata that may show the dataset: its own, and those of the entries.
    private func plots(
        of node: HDF5Node, _ root: HDF5Node
    ) throws(VolumeFileError) -> [HDF5Node] {
        var candidates: [HDF5Node] = []
        if let own = try group(above: node) { candidates.append(own) }
        let search = HDF5Search(resolver: resolver, allowsGaps: false)
        for name in try search.memberNames(of: root).prefix(64) {
            guard let entry = try? resolver.member(name, of: root), entry.kind == .group else {
                continue
            }
            for name in try search.memberNames(of: entry).prefix(64) {
                guard let link = try? resolver.link(name, in: try entry.openGroup(), of: entry),
                    case .hard = link, let plot = try? resolver.member(name, of: entry),
                    plot.kind == .group
                else { continue }
                candidates.append(plot)
            }
        }
        var shown: [HDF5Node] = []
        for plot in candidates where try plot.attribute("NX_class")?.text == "NXdata" {
            guard let signal = try plot.attribute("signal")?.text,
                let target = try? resolver.member(signal, of: plot),
                target.identity == node.identity
            else { continue }
            shown.append(plot)
        }
        return shown
    }

    /// The distance between the values of an axis, if it is the same everywhere.
    private func regularStep(_ node: HDF5Node) throws(VolumeFileError) -> Double? {
        guard let values = try HDF5Array.smallNumbers(node, resolver: resolver), values.count > 1
        else { return nil }
        let step = (values[values.count - 1] - values[0]) / Double(values.count - 1)
        guard step.isFinite, step > 0 else { return nil }
        // Written as float32, an axis keeps seven digits of its largest value.
        let tolerance = max(step * 1e-3, abs(values[values.count - 1]) * 1e-6)
        for (value, next) in zip(values, values.dropFirst()) {
            guard abs(next - value - step) <= tolerance else { return nil }
        }
        return step
    }

    /// Detector pixels, as raw scans of Data Exchange and NXtomo state them: y and x.
    private func detectorPixels(
        _ node: HDF5Node, _ root: HDF5Node
    ) throws(VolumeFileError) -> FoundVoxelSize? {
        var places: [(path: String, y: String, x: String)] = [
            ("/measurement/instrument/detector", "pixel_size_y", "pixel_size_x"),
            ("/measurement/instrument/detector", "y_pixel_size", "x_pixel_size"),
            ("/entry/instrument/detector", "y_pixel_size", "x_pixel_size"),
        ]
        if let own = try group(above: node) {
            places.insert((own.path, "y_pixel_size", "x_pixel_size"), at: 0)
        }
        for place in places {
            guard let group = try? resolver.find(place.path, from: root), group.kind == .group,
                let y = try pixel(place.y, of: group), let x = try pixel(place.x, of: group)
            else { continue }
            return found(
                [y.edge, y.edge, x.edge], 1, at: group, place.x, "\(x.raw), \(place.y)=\(y.raw)")
        }
        return nil
    }

    private func pixel(
        _ name: String, of group: HDF5Node
    ) throws(VolumeFileError) -> (edge: Double, raw: String)? {
        guard let node = try? resolver.member(name, of: group), node.kind == .dataset,
            let text = try unitText(of: node),
            let unit = micrometres(inOne: text),
            let values = try HDF5Array.smallNumbers(node, resolver: resolver), values.count == 1
        else { return nil }
        return (values[0] * unit, "\(values[0]) \(text.printable)")
    }

    private func unitText(of node: HDF5Node) throws(VolumeFileError) -> String? {
        if let text = try node.attribute("units")?.text { return text }
        return try node.attribute("unit")?.text
    }

    /// Micrometres in one `unit`; `nil` for what is not a length.
    private func micrometres(inOne unit: String) -> Double? {
        LengthUnit.micrometres(in: unit.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

extension HDF5Array {
    /// The numbers of a scalar or list of up to 65,536; `nil` for anything else, and for values
    /// kept outside their own file.
    static func smallNumbers(
        _ node: HDF5Node, resolver: HDF5Resolver
    ) throws(VolumeFileError) -> [Double]? {
        let path = node.file.path
        let purpose = "cannot read \(node.path)"
        let handle = try HDF5Dataset.open(node)
        let type = try opened(H5Dget_type(handle.id), in: path, purpose)
        let space = try opened(H5Dget_space(handle.id), in: path, purpose)
        let creation = try opened(H5Dget_create_plist(handle.id), in: path, purpose)
        let count = Int(H5Sget_simple_extent_npoints(space.id))
        let layout = H5Pget_layout(creation.id)
        guard count > 0, count <= 1 << 16, layout != H5D_VIRTUAL,
            H5Pget_external_count(creation.id) == 0,
            [H5T_INTEGER, H5T_FLOAT].contains(H5Tget_class(type.id))
        else { return nil }
        var numbers = [Double](repeating: 0, count: count)
        try unsafe checked(
            H5Dread(
                handle.id, chdf5_float64(), chdf5_everything, chdf5_everything, chdf5_default,
                &numbers), in: path, purpose)
        return numbers
    }
}
