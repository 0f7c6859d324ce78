import Volumes

/// One explicit step of anisotropic diffusion, on rows that begin and end with a copy of their
/// outermost voxels and are filled up to whole blocks.
struct DiffusionStep: Sendable {
    private typealias Block = SIMD8<Float>

    private let conductance: AnisotropicDiffusion.Conductance
    private let inverseSquaredEdge: Float
    private let timeStep: Float
    private let shape: Shape
    private let pitch: Int

    init(
        _ conductance: AnisotropicDiffusion.Conductance, edge: Float, timeStep: Float, shape: Shape
    ) {
        self.conductance = conductance
        inverseSquaredEdge = 1 / (edge * edge)
        self.timeStep = timeStep
        self.shape = shape
        pitch = (shape.width + 7) / 8 * 8 + 2
    }

    /// Rows of zeros.
    func empty() -> Volume<Float> {
        Volume(
            shape: Shape(depth: shape.depth, height: shape.height, width: pitch), repeating: 0)
    }

    /// The rows of a volume.
    func padded(_ volume: Volume<Float>) -> Volume<Float> {
        var rows = empty()
        rows.forEachSliceConcurrently { z, slice in
            volume.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    for x in 0..<shape.width { slice[y * pitch + 1 + x] = row[x] }
                    closeRow(y, &slice)
                }
            }
        }
        return rows
    }

    /// The volume that rows are of.
    func unpadded(_ rows: Volume<Float>, voxelSize: VoxelSize?) -> Volume<Float> {
        Volume(shape: shape, voxelSize: voxelSize) { z, slice in
            rows.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * pitch + 1
                    let row = voxels.extracting(start..<(start + shape.width))
                    for x in 0..<shape.width { slice[y * shape.width + x] = row[x] }
                }
            }
        }
    }

    private func closeRow(_ y: Int, _ slice: inout MutableSpan<Float>) {
        slice[y * pitch] = slice[y * pitch + 1]
        slice[y * pitch + shape.width + 1] = slice[y * pitch + shape.width]
    }

    /// Writes slice `z` after the step.
    ///
    /// What flows along x and y is reckoned once, for both voxels it flows between.
    func advance(_ z: Int, of rows: Span<Float>, into slice: inout MutableSpan<Float>) {
        let voxels = unsafe rows.bytes
        func row(_ z: Int, _ y: Int) -> Range<Int> {
            let start = (z * shape.height + y) * pitch * 4
            return start..<(start + pitch * 4)
        }
        let (below, above) = (max(z - 1, 0), min(z + 1, shape.depth - 1))
        // From every place to the next; nothing flows through the ends of a row.
        var flowsAlongX = [Float](repeating: 0, count: pitch + 6)
        var flowsAlongY = [Float](repeating: 0, count: pitch)
        var spanAlongX = flowsAlongX.mutableSpan
        var alongX = unsafe spanAlongX.mutableBytes
        var spanAlongY = flowsAlongY.mutableSpan
        var alongY = unsafe spanAlongY.mutableBytes
        for y in 0..<shape.height {
            let here = voxels.extracting(row(z, y))
            let ahead = voxels.extracting(row(z, min(y + 1, shape.height - 1)))
            let lower = voxels.extracting(row(below, y))
            let upper = voxels.extracting(row(above, y))
            for place in stride(from: 0, to: 4 * (pitch - 2), by: 32) {
                let flow = flow(load(here, place + 4) - load(here, place))
                alongX.storeBytes(of: flow, toByteOffset: place, as: Block.self)
            }
            var target = unsafe slice.mutableBytes
            for place in stride(from: 4, to: 4 * (pitch - 1), by: 32) {
                let voxel = load(here, place)
                let forward = flow(load(ahead, place) - voxel)
                let gained =
                    (load(alongX.bytes, place) - load(alongX.bytes, place - 4))
                    + (forward - load(alongY.bytes, place))
                alongY.storeBytes(of: forward, toByteOffset: place, as: Block.self)
                let across = flow(load(upper, place) - voxel) + flow(load(lower, place) - voxel)
                target.storeBytes(
                    of: voxel + timeStep * (gained + across),
                    toByteOffset: y * pitch * 4 + place, as: Block.self)
            }
            closeRow(y, &slice)
        }
    }

    /// What flows by a difference of neighbours.
    @inline(__always)
    private func flow(_ difference: Block) -> Block {
        let square = difference * difference * inverseSquaredEdge
        switch conductance {
        case .exponential:
            let most = Block(repeating: 80)
            return difference
                * exponential(ofMinus: square.replacing(with: most, where: square .> most))
        case .rational: return difference / (1 + square)
        }
    }

    @inline(__always)
    private func load(_ row: RawSpan, _ offset: Int) -> Block {
        unsafe row.unsafeLoadUnaligned(fromByteOffset: offset, as: Block.self)
    }
}
