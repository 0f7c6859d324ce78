/// What is wrong with numbers that all networks have; nil if nothing is.
func faultOf(
    channels: Int, outputs: Int? = nil, scale: Int, features: Int = 1, blocks: Int = 1
) -> String? {
    if !(1...64).contains(channels) { return "channels are 1 to 64, and not \(channels)" }
    if let outputs, !(1...64).contains(outputs) {
        return "outputs are 1 to 64, and not \(outputs)"
    }
    if !(1...8).contains(scale) { return "scale is 1 to 8, and not \(scale)" }
    if !(1...65536).contains(features) { return "features are 1 to 65536, and not \(features)" }
    if !(1...1024).contains(blocks) { return "blocks are 1 to 1024, and not \(blocks)" }
    return nil
}

extension SRCNNDescription {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, outputs, scale, kernels, features, border
    }

    /// Reads the options that are given; the others are as published.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.take(.channels, into: &channels)
        outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
        try values.take(.scale, into: &scale)
        try values.take(.kernels, into: &kernels)
        try values.take(.features, into: &features)
        try values.take(.border, into: &border)
    }

    /// What no such network can be built with; nil if nothing.
    var fault: String? {
        if kernels.count != 3 || !kernels.allSatisfy({ $0 % 2 == 1 && (1...99).contains($0) }) {
            return "kernels are three odd numbers, and not \(kernels)"
        }
        if features.count != 2 || !features.allSatisfy({ (1...65536).contains($0) }) {
            return "features are two positive numbers, and not \(features)"
        }
        return faultOf(channels: channels, outputs: outputs, scale: scale)
    }
}

extension SRResNetDescription {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, outputs, scale, features, blocks, endsInTanh
    }

    /// Reads the options that are given; the others are as published.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.take(.channels, into: &channels)
        outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
        try values.take(.scale, into: &scale)
        try values.take(.features, into: &features)
        try values.take(.blocks, into: &blocks)
        try values.take(.endsInTanh, into: &endsInTanh)
    }

    /// What no such network can be built with; nil if nothing.
    var fault: String? {
        faultOf(
            channels: channels, outputs: outputs, scale: scale, features: features, blocks: blocks)
    }
}

extension EDSRDescription {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, outputs, scale, features, blocks, residualScale, range, mean
    }

    /// Reads the options that are given; the others are as published.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.take(.channels, into: &channels)
        outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
        try values.take(.scale, into: &scale)
        try values.take(.features, into: &features)
        try values.take(.blocks, into: &blocks)
        try values.take(.residualScale, into: &residualScale)
        try values.take(.range, into: &range)
        mean = EDSRDescription.medium(scale: scale, channels: channels).mean
        try values.take(.mean, into: &mean)
    }

    /// What no such network can be built with; nil if nothing.
    var fault: String? {
        if mean.count != channels || !mean.allSatisfy(\.isFinite) {
            return "there is one finite mean for each of \(channels) channels, and not \(mean)"
        }
        if !(range > 0 && range.isFinite) || !residualScale.isFinite {
            return "range is positive and residualScale finite, not \(range) and \(residualScale)"
        }
        return faultOf(
            channels: channels, outputs: outputs, scale: scale, features: features, blocks: blocks)
    }
}

extension RRDBDescription {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, outputs, scale, features, blocks, growth
    }

    /// Reads the options that are given; the others are as published.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.take(.channels, into: &channels)
        outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
        try values.take(.scale, into: &scale)
        try values.take(.features, into: &features)
        try values.take(.blocks, into: &blocks)
        try values.take(.growth, into: &growth)
    }

    /// What no such network can be built with; nil if nothing.
    var fault: String? {
        faultOf(
            channels: channels, outputs: outputs, scale: scale, features: min(features, growth),
            blocks: blocks)
    }
}

extension UNetDescription {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, outputs, scale, depth, base, normalisation, attention, isResidual, addsInput,
            growth, slope
    }

    /// Reads the options that are given; the others are as published.
    public init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.take(.channels, into: &channels)
        outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
        try values.take(.scale, into: &scale)
        try values.take(.depth, into: &depth)
        try values.take(.base, into: &base)
        try values.take(.normalisation, into: &normalisation)
        try values.take(.attention, into: &attention)
        try values.take(.isResidual, into: &isResidual)
        try values.take(.addsInput, into: &addsInput)
        try values.take(.growth, into: &growth)
        try values.take(.slope, into: &slope)
    }

    /// What no such network can be built with; nil if nothing.
    var fault: String? {
        if !(0...1).contains(slope) { return "slope is 0 to 1, and not \(slope)" }
        if !(2...8).contains(depth) { return "depth is 2 to 8, and not \(depth)" }
        return faultOf(channels: channels, outputs: outputs, scale: scale, features: base)
    }
}

extension KeyedDecodingContainer {
    /// Reads a value if it is given.
    fileprivate func take<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        if let given = try decodeIfPresent(Value.self, forKey: key) { value = given }
    }
}
