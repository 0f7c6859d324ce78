import SystemPackage
import Torch
import VolumeFiles
import Volumes
import Workspace

extension VolumeUpscaler {
    /// The sum of all that decides about the voxels.
    func key(_ scan: ScanDescription) throws -> Digest {
        struct Input: Encodable {
            let path: String
            let fingerprint: FileFingerprint
        }
        struct Settings: Encodable {
            let version = 1
            let files: [Input]
            let dataset: String?
            let shape: Shape
            let network: String
            let weights: Digest
            let libtorch: String
            let device: String
            let autocast: Torch.ElementType?
            let channels: Int
            let slices: SliceUse
            let isChannelsLast: Bool
            let isEnsemble: Bool
            let keepsSpread: Bool
            let tile: Int?
            let batch: Int?
            let tileMemory: Int
            let slabMemory: Int
            let grey: GreyScale
            let elementType: Volumes.ElementType
        }
        let settings = Settings(
            files: try scan.files.map {
                Input(path: $0.string, fingerprint: try FileFingerprint(of: $0))
            },
            dataset: scan.dataset, shape: scan.shape, network: images.identity,
            weights: try images.weightsDigest(), libtorch: Library.version,
            device: images.options.device.description, autocast: images.options.autocast,
            channels: images.channels, slices: images.slices,
            isChannelsLast: images.options.isChannelsLast,
            isEnsemble: images.options.isEnsemble, keepsSpread: keepsSpread,
            tile: images.options.tile,
            batch: images.options.batch, tileMemory: images.options.memoryInBytes,
            slabMemory: options.memoryInBytes, grey: options.grey,
            elementType: options.elementType)
        return Digest(of: CanonicalJSON.text(settings).utf8)
    }
}

extension ImageUpscaler {
    /// The sum of the network's state: every name, shape and number.
    fileprivate func weightsDigest() throws -> Digest {
        var hasher = DigestHasher()
        for entry in network.state {
            hasher.update(Array("\(entry.name) \(entry.tensor.shape)\n".utf8))
            hasher.update(try entry.tensor.bytes())
        }
        return hasher.finish()
    }
}
