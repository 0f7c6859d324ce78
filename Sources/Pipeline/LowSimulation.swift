import Manifest
import SystemPackage
import Tomography
import VolumeFiles
import Volumes
import Workspace

/// Makes the LOW scan of a sample that was scanned finely only, by the scanner simulation.
struct LowSimulation {
    let high: ScanFacts
    let scale: Int
    let settings: SimulationEntry

    /// Bytes needed for a HIGH scan of `shape`: as it is stored and as single-precision numbers, its
    /// mirrored surroundings by slabs, and LOW.
    static func memory(_ shape: Shape, _ type: ElementType) -> Int {
        shape.count * (4 + 2 * type.byteCount) + 300_000_000
    }

    /// The scanner that the manifest describes, with the faint rings of a bench-top one.
    private func scanner() throws -> ScannerSettings {
        try ScannerSettings(
            raysPerPixel: scale, blurInPixels: settings.blurInLowVoxels,
            noise: PhotonNoise(photonsPerPixel: settings.photonsPerPixel),
            rings: RingArtefacts(
                gainError: 0.001, defectiveShare: 0.002, defectiveGainError: 0.01))
    }

    func run(highFile: FilePath, in folder: StageFolder) throws -> ScanFacts {
        let fine = try WorkspaceVolumes.scan(highFile).readAll().floats(voxelSize: high.voxelSize)
        let coarse = try simulateCoarseScan(
            of: fine, scale: scale, settings: scanner(), seed: settings.seed)
        let slab = coarse.slab(as: high.elementType)
        let size = high.voxelSize == nil ? nil : coarse.voxelSize
        let intake = VoxelIntake(shape: slab.shape, type: slab.elementType)
        intake.take(slab)
        try folder.write("low.h5") { temporary in
            let writer = try HDF5ScanWriter(
                creating: temporary, shape: slab.shape, elementType: slab.elementType,
                voxelSize: size, description: "a LOW scan simulated from HIGH")
            try writer.append(slab)
            try writer.finish()
        }
        let sum = intake.sum()
        return ScanFacts(
            role: .low, path: high.path, format: high.format, dataset: high.dataset,
            sha256: high.sha256, contentSHA256: sum, shape: slab.shape,
            elementType: slab.elementType, voxelSize: size,
            voxelSizeSource: "HIGH's, times \(scale)",
            intensity: try intake.facts(path: "simulated LOW scan"), isSynthetic: true,
            metadata: ["simulation_seed": "\(settings.seed)", "simulation_scale": "\(scale)"],
            notes: ["simulated from HIGH by projection, noise and reconstruction"])
    }
}

extension Volume where Element == Float {
    /// The voxels as the type a scan was stored in: integers round and clamp.
    func slab(as type: ElementType) -> RawSlab {
        func stored<Target: VoxelElement>(_: Target.Type) -> RawSlab {
            RawSlab(map { Target(nearest: Double($0)) })
        }
        return switch type {
        case .uint8: stored(UInt8.self)
        case .int8: stored(Int8.self)
        case .uint16: stored(UInt16.self)
        case .int16: stored(Int16.self)
        case .uint32: stored(UInt32.self)
        case .int32: stored(Int32.self)
        case .uint64: stored(UInt64.self)
        case .int64: stored(Int64.self)
        case .float16: stored(Float16.self)
        case .float32: RawSlab(self)
        case .float64: stored(Double.self)
        }
    }
}
