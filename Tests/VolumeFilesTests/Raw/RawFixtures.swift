import Foundation
import Randomness
import SystemPackage
import Volumes

@testable import VolumeFiles

/// Small scans and the files that hold them.
enum RawFixtures {
    /// A slab in which every voxel tells its place, in any type.
    static func numbered(_ shape: Shape, _ type: ElementType) -> RawSlab {
        type.visit(Numbering(shape: shape))
    }

    /// A smooth slab with some noise, as a scan is.
    static func smooth(
        _ shape: Shape, _ type: ElementType, centre: Double, amplitude: Double, noise: Double,
        using generator: inout SplitMix64
    ) -> RawSlab {
        let phase = SIMD3<Double>.random(in: 0...6, using: &generator)
        let period = SIMD3<Double>.random(in: 8...20, using: &generator)
        var values: [Double] = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let wave =
                        sin(Double(x) / period.x * 6.28 + phase.x)
                        + sin(Double(y) / period.y * 6.28 + phase.y)
                        + sin(Double(z) / period.z * 6.28 + phase.z)
                    values.append(
                        centre + amplitude * wave / 3
                            + Double.random(in: -noise...noise, using: &generator))
                }
            }
        }
        return type.visit(Filling(values: values, shape: shape))
    }

    /// Writes bytes.
    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    }

    /// Writes text, with every character below 256 as one byte.
    static func write(latin1 text: String, to path: FilePath) throws {
        try write(text.unicodeScalars.map { UInt8($0.value) }, to: path)
    }

    /// Writes text as UTF-8.
    static func write(_ text: String, to path: FilePath) throws {
        try write(Array(text.utf8), to: path)
    }

    /// The bytes of a file.
    static func bytes(of path: FilePath) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path.string)))
    }

    /// The slab with the bytes of every voxel turned around.
    static func swapped(_ slab: RawSlab) -> [UInt8] {
        var bytes = slab.bytes
        ByteOrder.swap(&bytes, elementByteCount: slab.elementType.byteCount)
        return bytes
    }
}

private struct Numbering: ElementTypeVisitor {
    let shape: Shape

    func visit<Element: VoxelElement>(_ type: Element.Type) -> RawSlab {
        let lowest = Element.elementType.isSigned ? -100.0 : 0
        return RawSlab(
            Volume(
                shape: shape,
                voxels: (0..<shape.count).map { Element(nearest: lowest + Double($0 % 251)) }))
    }
}

private struct Filling: ElementTypeVisitor {
    let values: [Double]
    let shape: Shape

    func visit<Element: VoxelElement>(_ type: Element.Type) -> RawSlab {
        RawSlab(Volume(shape: shape, voxels: values.map { Element(nearest: $0) }))
    }
}
