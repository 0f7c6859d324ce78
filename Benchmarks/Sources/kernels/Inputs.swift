import SystemPackage
import VolumeFiles
import Volumes

/// The files that a kernel was given.
struct Inputs {
    /// Where they are, in order.
    let paths: [String]
    /// How many slices of them are taken; `nil` for all.
    var depth: Int?

    /// The voxels of the first file, as they are.
    func slab() throws -> RawSlab { try slab(0) }

    /// True where the first file has 0: pores, where solid is 1.
    func mask() throws -> Mask { try slab(0).mask(where: 0) }

    /// Places in storage order, ascending: where the second file, unsigned bytes, is not 0.
    func places() throws -> [UInt32] {
        try slab(1).withVoxels(as: UInt8.self) { voxels in
            voxels.indices.filter { voxels[$0] != 0 }.map { UInt32($0) }
        }
    }

    /// The voxels of a file.
    func slab(_ index: Int) throws -> RawSlab {
        guard paths.indices.contains(index) else { throw MissingInput(place: index + 1) }
        let scan = try openScan(ScanLocation(FilePath(paths[index])))
        let slices = scan.description.shape.depth
        return try scan.read(0..<min(depth ?? slices, slices))
    }
}

/// A file that a kernel needs and was not given.
struct MissingInput: Error, CustomStringConvertible {
    /// Which one, from 1.
    let place: Int

    var description: String { "This kernel needs \(place) volumes; name them all." }
}
