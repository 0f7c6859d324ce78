import StrictYAML

/// Reads which part of a HIGH scan is used.
struct RegionParser {
    let problems: Problems

    /// The part at a node; `nil` for all of it, and, with problems noted, for what is no part.
    func parse(_ node: YAMLNode) -> RegionOfInterest? {
        if node.scalar?.string == "all" { return nil }
        let keys = ["z", "y", "x", "cylinder"]
        guard let reader = MappingReader(node, "'region'", keys: keys, problems: problems) else {
            return nil
        }
        if keys.allSatisfy({ reader[$0] == nil }) {
            problems.add(node, "'region' needs one of \(listed(keys, last: "or"))")
        }
        if reader["cylinder"] != nil, reader["z"] != nil || reader["y"] != nil || reader["x"] != nil
        {
            reader.complain("cylinder", "'region' is a box of z, y and x, or a cylinder, not both")
        }
        return RegionOfInterest(
            z: reader["z"].flatMap { range($0, "z") }, y: reader["y"].flatMap { range($0, "y") },
            x: reader["x"].flatMap { range($0, "x") },
            plug: reader["cylinder"].flatMap(plug))
    }

    private func range(_ node: YAMLNode, _ key: String) -> Range<Int>? {
        let what = "'\(key)' is a range of HIGH voxels [first, end], the end left out"
        guard case .sequence(let sequence) = node, sequence.count == 2 else {
            problems.add(node, "\(what), as in '\(key): [0, 90]'")
            return nil
        }
        let bounds = sequence.compactMap { readInteger($0, problems, what, in: 0...1_000_000) }
        guard bounds.count == 2 else { return nil }
        guard bounds[0] < bounds[1] else {
            problems.add(node, "\(what); [\(bounds[0]), \(bounds[1])] holds nothing")
            return nil
        }
        return bounds[0]..<bounds[1]
    }

    private func plug(_ node: YAMLNode) -> RegionOfInterest.Plug? {
        if let scalar = node.scalar {
            if scalar.string == "find" { return .find }
            problems.add(
                node,
                "'cylinder' is '{centre: [512, 512], radius: 400}', or find\(nearest(node, ["find"]))"
            )
            return nil
        }
        let keys = ["centre", "radius"]
        guard let reader = MappingReader(node, "'cylinder'", keys: keys, problems: problems) else {
            return nil
        }
        _ = reader.required("radius", as: "400")
        let radius = reader.number("radius", in: 1...1_000_000)
        guard let centre = reader.required("centre", as: "[512, 512]") else { return nil }
        guard case .sequence(let sequence) = centre, sequence.count == 2 else {
            problems.add(centre, "'centre' is [y, x] in HIGH voxels")
            return nil
        }
        let place = sequence.compactMap {
            readNumber($0, problems, "'centre' is [y, x] in HIGH voxels", in: -1e6...1e6)
        }
        guard place.count == 2, let radius else { return nil }
        return .given(RegionOfInterest.Cylinder(y: place[0], x: place[1], radius: radius))
    }
}
