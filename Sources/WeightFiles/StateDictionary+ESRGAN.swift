extension StateDictionary {
    /// The weights of an RRDB network under BasicSR's names, out of the names that ESRGAN gave
    /// them.
    ///
    /// Two spellings were published by https://github.com/xinntao/ESRGAN, both for x4 networks of
    /// any number of blocks: `RRDB_trunk.0.RDB1.conv1.weight`, and before that
    /// `model.1.sub.0.RDB1.conv1.0.weight`. Names that are BasicSR's already stay as they are.
    ///
    /// - Throws: ``WeightFileError/unfit(problem:)`` for names that belong to none of the three.
    public func withBasicSRNames() throws(WeightFileError) -> StateDictionary {
        let places = try outerPlaces()
        return try renamed { name throws(WeightFileError) in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
                .map(String.init)
            guard let kind = parts.last, kind == "weight" || kind == "bias" else {
                throw .unfit(problem: "\(name.shown) is no weight of an RRDB network")
            }
            let place = parts.dropLast().joined(separator: ".")
            if let new = places[place] ?? StateDictionary.outerNames[place] {
                return "\(new).\(kind)"
            }
            guard let inner = StateDictionary.innerName(Array(parts.dropLast())) else {
                throw .unfit(problem: "\(name.shown) is no weight of an RRDB network")
            }
            return "\(inner).\(kind)"
        }
    }

    /// Convolutions outside the blocks, in both spellings that have names for them.
    private static let outerNames = [
        "conv_first": "conv_first", "conv_last": "conv_last",
        "trunk_conv": "conv_body", "upconv1": "conv_up1", "upconv2": "conv_up2",
        "HRconv": "conv_hr",
        "conv_body": "conv_body", "conv_up1": "conv_up1", "conv_up2": "conv_up2",
        "conv_hr": "conv_hr",
    ]

    /// The same in the oldest spelling, where they only have numbers; the last of the blocks' list
    /// is the convolution behind them.
    private func outerPlaces() throws(WeightFileError) -> [String: String] {
        guard names.contains(where: { $0.hasPrefix("model.") }) else { return [:] }
        let behind = names.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            guard parts.count == 5, parts.starts(with: ["model", "1", "sub"]),
                parts[4] == "weight"
            else { return nil }
            return Int(parts[3])
        }
        guard let last = behind.first, behind.count == 1 else {
            throw .unfit(problem: "the convolution behind the blocks is missing")
        }
        let places = [
            "model.0": "conv_first", "model.1.sub.\(last)": "conv_body", "model.3": "conv_up1",
            "model.6": "conv_up2", "model.8": "conv_hr", "model.10": "conv_last",
        ]
        // Networks of other scales have fewer or more of these, under numbers that mean others.
        for place in places.keys.sorted() where self["\(place).weight"] == nil {
            throw .unfit(problem: "there is no \(place).weight, as x4 networks have")
        }
        return places
    }

    /// The new name of a convolution in a block: block, dense block 1 to 3, convolution 1 to 5.
    private static func innerName(_ parts: [String]) -> String? {
        var rest = parts[...]
        if rest.starts(with: ["model", "1", "sub"]), rest.last == "0" {
            rest = rest.dropFirst(3).dropLast()
        } else if rest.first == "RRDB_trunk" || rest.first == "body" {
            rest = rest.dropFirst()
        } else {
            return nil
        }
        let inner = Array(rest)
        guard inner.count == 3, let block = Int(inner[0]), block >= 0,
            ["rdb1", "rdb2", "rdb3"].contains(inner[1].lowercased()),
            ["conv1", "conv2", "conv3", "conv4", "conv5"].contains(inner[2])
        else { return nil }
        return "body.\(block).\(inner[1].lowercased()).\(inner[2])"
    }
}
