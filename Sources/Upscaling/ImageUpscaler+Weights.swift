import Workspace

extension ImageUpscaler {
    /// The sum of the network's state: every name, shape and number.
    func weightsDigest() throws -> Digest {
        var hasher = DigestHasher()
        for entry in network.state {
            hasher.update(Array("\(entry.name) \(entry.tensor.shape)\n".utf8))
            hasher.update(try entry.tensor.bytes())
        }
        return hasher.finish()
    }
}
