import Dataset
import SystemPackage
import VolumeFiles
import Volumes

/// The result of the patch stage.
struct PatchOutput: Codable, Sendable {
    /// The patches of the pair, in order of z, y, x.
    let patches: [PatchRecord]

    /// The file of the mask on the pair's lattice.
    static let maskFileName = "mask.h5"
}

/// Lists the training patches of a pair, each with its porosity and what is wrong with it.
struct PatchStage {
    let grid: PatchGrid
    let pair: PairFacts
    let matrix: SpatialTransform
    /// The drift that the pair was made without.
    let correction: DriftCorrection?
    let low: ScanFacts
    let high: ScanFacts
    let fieldOfView: FieldOfView

    func run(
        pairFile: FilePath, maskFile: FilePath, in folder: StageFolder
    ) throws -> PatchOutput {
        let mask = try lookUp(maskFile)
        try writeMask(mask, in: folder)
        let regions = grid.regions(in: pair.region.shape)
        guard !regions.isEmpty else { return PatchOutput(patches: []) }
        let lowVoxels = try HDF5ScanReader(trusted: pairFile, dataset: "/low").readAll().floats()
        try Task.checkCancellation()
        let records = concurrentMap(count: regions.count) { index in
            record(regions[index], in: lowVoxels, mask)
        }
        return PatchOutput(patches: records)
    }

    /// Writes the mask of the pair, so that a network can be judged by its pores patch for patch.
    private func writeMask(_ mask: PairMask, in folder: StageFolder) throws {
        try folder.write(PatchOutput.maskFileName) { temporary in
            let file = try HDF5FileWriter(creating: temporary)
            let writer = try file.addVolume(
                "/mask", shape: pair.highShape, elementType: .uint8,
                voxelSize: pair.highVoxelSize, originInMicrometres: mask.origin,
                description: "pore space on the pair's fine lattice: 1 in pores, 0 elsewhere")
            for z in stride(from: 0, to: pair.highShape.depth, by: 64) {
                try Task.checkCancellation()
                let slices = z..<min(z + 64, pair.highShape.depth)
                try writer.append(RawSlab(mask.pores(slices, of: pair.highShape)))
            }
            try writer.finish()
            try file.finish()
        }
    }

    private func record(
        _ region: Region, in lowVoxels: Volume<Float>, _ mask: PairMask
    ) -> PatchRecord {
        let fine = fineRegion(region)
        let counts = mask.counts(in: fine)
        var flags: Set<PatchFlag> = []
        if counts.inView < fine.shape.count { flags.insert(.outside) }
        if counts.pores == 0 { flags.insert(.noPores) }
        if counts.pores == counts.inView { flags.insert(.noSolid) }
        let values = lowVoxels.cropped(to: region).array
        if values.allSatisfy({ $0 == values[0] }) { flags.insert(.constant) }
        let saturated = values.count { Double($0) >= low.intensity.maximum }
        if low.intensity.saturatedFraction > 0, saturated * 20 > values.count {
            flags.insert(.saturated)
        }
        return PatchRecord(
            region: region,
            porosity: counts.inView > 0 ? Double(counts.pores) / Double(counts.inView) : nil,
            flags: flags)
    }

    private var depthScale: Int { pair.region.shape.isImage ? 1 : pair.scale }

    private func fineRegion(_ region: Region) -> Region {
        Region(
            z: region.z * depthScale, y: region.y * pair.scale, x: region.x * pair.scale,
            shape: Shape(
                depth: region.shape.depth * depthScale, height: region.shape.height * pair.scale,
                width: region.shape.width * pair.scale))
    }

    private func lookUp(_ maskFile: FilePath) throws -> PairMask {
        // Where nobody knows the lengths, HIGH's voxel is the unit.
        let highEdge = high.voxelSize?.vector ?? SIMD3(1, 1, 1)
        let scales = SIMD3(Double(depthScale), Double(pair.scale), Double(pair.scale))
        let fineEdge = pair.highVoxelSize?.vector ?? SIMD3(1, 1, 1)
        let corner = SIMD3(Double(pair.region.z), Double(pair.region.y), Double(pair.region.x))
        return PairMask(
            mask: try WorkspaceVolumes.mask(maskFile).readAll().mask(where: 1),
            fieldOfView: fieldOfView,
            highFromLow: matrix.inverse, correction: correction, origin: corner * scales * fineEdge,
            fineEdge: fineEdge,
            highEdge: highEdge)
    }
}
