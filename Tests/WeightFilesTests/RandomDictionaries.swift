import Randomness

@testable import WeightFiles

extension StateDictionary {
    /// Tensors of every scalar that `isAllowed`, of up to four axes, some of them empty.
    static func random(
        seed: UInt64, metadata: [String: String] = [:],
        where isAllowed: (WeightScalar) -> Bool = { _ in true }
    ) -> StateDictionary {
        var generator = SplitMix64(seed: seed)
        var dictionary = StateDictionary(metadata: metadata)
        let scalars = WeightScalar.allCases.filter(isAllowed)
        for index in 0..<Int.random(in: 1...12, using: &generator) {
            let scalar = scalars[Int.random(in: 0..<scalars.count, using: &generator)]
            let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Int.random(in: 0...9, using: &generator) % 6
            }
            let count = shape.reduce(scalar.byteCount, *)
            let bytes = (0..<count).map { _ in
                // A truth value other than 0 and 1 is none.
                UInt8.random(in: 0...(scalar == .bool ? 1 : 255), using: &generator)
            }
            dictionary["body.\(index).µ \"\(scalar)\"\\\u{1}.weight"] = WeightTensor(
                scalar: scalar, shape: shape, bytes: bytes)
        }
        return dictionary
    }
}

/// A file with a few of its bytes changed, doubled, taken out, or cut off.
func mutated(_ bytes: [UInt8], using generator: inout some RandomNumberGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
        guard !bytes.isEmpty else { break }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(place + Int.random(in: 1...8, using: &generator), bytes.count)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes.replaceSubrange(place..<end, with: Array(repeating: 0xFF, count: end - place))
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 5: bytes.removeSubrange(place...)
        default:
            let other = Int.random(in: 0..<bytes.count, using: &generator)
            bytes.swapAt(place, other)
        }
    }
    return bytes
}
