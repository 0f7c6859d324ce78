import Foundation
public import Volumes

extension GrainField {
    /// A scan of the rock: the mean over each voxel's box of the field under a Gaussian.
    ///
    /// The field is sampled on a grid `supersampling` times finer. A surface crosses a fine voxel as
    /// a ramp as wide as the voxel: a box varies by a twelfth along every direction alike, so what
    /// is seen of a surface does not depend on how the scan lies to it. The grid reaches beyond the
    /// volume, so its border is like its middle.
    ///
    /// - Parameters:
    ///   - shape: The scan; of one slice for a field of disks.
    ///   - voxelEdge: In micrometres.
    ///   - toField: A similarity, mirrored or not, from points of the scan in micrometres, from the
    ///     corner of its first voxel, to the field. Of images it keeps the plane.
    ///   - gaussianBlurInVoxels: The standard deviation; sampled well from 0.5 fine voxels on.
    ///   - supersampling: Fine voxels along an edge of a voxel.
    public func render(
        shape: Shape, voxelEdge: Double, toField: SpatialTransform, gaussianBlurInVoxels: Double,
        supersampling: Int
    ) -> Volume<Float> {
        precondition(shape.isImage == isImage, "disks are for images, spheres for volumes")
        let weights = BinningKernel(
            sigma: gaussianBlurInVoxels * Double(supersampling), factor: supersampling)
        let fine = FineGrid(
            shape: shape, edge: voxelEdge / Double(supersampling), kernel: weights,
            toField: toField)
        let scene = Scene(field: self, grid: fine)
        let columns = shape.width
        let layers = concurrentMap(count: fine.depth) { z -> [Float] in
            var slice = scene.slice(z)
            slice = weights.reduceRows(of: slice, width: fine.width, to: shape.height)
            return weights.reduceColumns(of: slice, width: fine.width, to: columns)
        }
        return Volume(shape: shape, voxelSize: VoxelSize(micrometres: voxelEdge)) { z, slice in
            if isImage {
                for i in 0..<slice.count { slice[i] = layers[0][i] }
                return
            }
            for (t, weight) in weights.values.enumerated() {
                let layer = layers[z * supersampling + t]
                add(layer.span, times: weight, to: &slice)
            }
        }
    }
}

/// A Gaussian over fine voxels and the mean over `factor` of them, in one.
private struct BinningKernel: Sendable {
    let factor: Int
    /// How far the Gaussian reaches, in fine voxels.
    let reach: Int
    /// `factor + 2 * reach` weights that add to one.
    let values: [Float]

    init(sigma: Double, factor: Int) {
        self.factor = factor
        // Four and a half standard deviations leave out 7e-6 of it.
        let reach = Int((4.5 * sigma).rounded(.up))
        let gaussian = (-reach...reach).map {
            sigma > 0 ? exp(-0.5 * pow(Double($0) / sigma, 2)) : 1
        }
        var sums = [Double](repeating: 0, count: factor + 2 * reach)
        for shift in 0..<factor {
            for (i, weight) in gaussian.enumerated() { sums[shift + i] += weight }
        }
        let total = sums.reduce(0, +)
        self.reach = reach
        values = sums.map { Float($0 / total) }
    }

    /// Blurs and bins along y.
    func reduceRows(of slice: [Float], width: Int, to height: Int) -> [Float] {
        var reduced: [Float] = []
        reduced.reserveCapacity(height * width)
        let source = slice.span
        for y in 0..<height {
            var row = [Float](repeating: 0, count: width)
            var sums = row.mutableSpan
            for (t, weight) in values.enumerated() {
                let start = (y * factor + t) * width
                add(source.extracting(start..<(start + width)), times: weight, to: &sums)
            }
            reduced += row
        }
        return reduced
    }

    /// Blurs and bins along x.
    func reduceColumns(of slice: [Float], width: Int, to columns: Int) -> [Float] {
        let height = slice.count / width
        var reduced: [Float] = []
        reduced.reserveCapacity(height * columns)
        let source = slice.span
        let weights = values.span
        for y in 0..<height {
            var row = [Float](repeating: 0, count: columns)
            var sums = row.mutableSpan
            let fine = source.extracting((y * width)..<((y + 1) * width))
            if factor == 1 {
                // Neighbours lie side by side, and the loop over them is vectorised.
                for t in 0..<weights.count {
                    add(fine.extracting(t..<(t + columns)), times: weights[t], to: &sums)
                }
            } else {
                for x in 0..<columns {
                    let box = fine.extracting((x * factor)..<(x * factor + weights.count))
                    var sum: Float = 0
                    for t in 0..<weights.count { sum += weights[t] * box[t] }
                    sums[x] = sum
                }
            }
            reduced += row
        }
        return reduced
    }
}

/// Adds `values` times `weight` to as many sums.
private func add(_ values: Span<Float>, times weight: Float, to sums: inout MutableSpan<Float>) {
    precondition(values.count == sums.count, "there is a sum for every value")
    for i in 0..<sums.count { sums[i] += weight * values[i] }
}

/// The fine grid that a scan is binned from.
private struct FineGrid: Sendable {
    let depth: Int
    let height: Int
    let width: Int
    /// In micrometres of the scan.
    let edge: Double
    /// The centre of the first fine voxel, in micrometres of the scan.
    let first: SIMD3<Double>
    let toField: SpatialTransform
    /// Micrometres of the field per micrometre of the scan.
    let magnification: Double

    init(shape: Shape, edge: Double, kernel: BinningKernel, toField: SpatialTransform) {
        let isImage = shape.isImage
        let margin = 2 * kernel.reach
        depth = isImage ? 1 : shape.depth * kernel.factor + margin
        height = shape.height * kernel.factor + margin
        width = shape.width * kernel.factor + margin
        self.edge = edge
        let start = (0.5 - Double(kernel.reach)) * edge
        first = SIMD3(isImage ? 0 : start, start, start)
        self.toField = toField
        magnification = abs(toField.scale)
        let rows = toField.linear
        for i in 0..<3 {
            for j in 0..<3 {
                let product = (rows[i] * rows[j]).sum() / (magnification * magnification)
                precondition(
                    abs(product - (i == j ? 1 : 0)) < 1e-6, "spheres stay spheres in a similarity")
            }
        }
    }

    /// A box of the field that holds the grid.
    var bounds: (SIMD3<Double>, SIMD3<Double>) {
        let far = first + SIMD3(Double(depth), Double(height), Double(width)) * edge
        let near = first - edge
        var lower = SIMD3(repeating: Double.infinity)
        var upper = -lower
        for corner in 0..<8 {
            let point = toField(
                SIMD3(
                    corner & 1 == 0 ? near[0] : far[0], corner & 2 == 0 ? near[1] : far[1],
                    corner & 4 == 0 ? near[2] : far[2]))
            lower = pointwiseMin(lower, point)
            upper = pointwiseMax(upper, point)
        }
        return (lower, upper)
    }
}

/// The grains as a fine grid sees them, and what else makes its grey values.
private struct Scene: Sendable {
    /// A sphere in fine voxels: at the centre of the first one is (0, 0, 0).
    struct Ball: Sendable {
        let z: Double
        let y: Double
        let x: Double
        let radius: Double
    }

    let grid: FineGrid
    let field: GrainField
    private let grains: Layers
    private let minerals: Layers

    init(field: GrainField, grid: FineGrid) {
        self.field = field
        self.grid = grid
        let (lower, upper) = grid.bounds
        let toScan = grid.toField.inverse
        let scale = 1 / (grid.magnification * grid.edge)
        let all = field.grains(from: lower, to: upper)
        func layers(dense: Bool) -> Layers {
            Layers(
                all.filter { $0.isDense == dense }.map { grain in
                    let place = (toScan(grain.centre) - grid.first) / grid.edge
                    // A straight ramp through a round surface holds too much; drawn in by this, a
                    // ball holds what it should.
                    let radius = grain.radius * scale
                    let excess = 1 / ((field.isImage ? 24 : 12) * max(radius, 1))
                    return Ball(
                        z: field.isImage ? 0 : place[0], y: place[1], x: place[2],
                        radius: radius - excess)
                }, depth: grid.depth)
        }
        grains = layers(dense: false)
        minerals = layers(dense: true)
    }

    /// The grey values of a slice of the fine grid.
    func slice(_ z: Int) -> [Float] {
        var values = [Float](repeating: 0, count: grid.height * grid.width)
        var span = values.mutableSpan
        for index in grains.indices(at: z) {
            paint(grains.balls[index], z: z, into: &span) { value, cover in max(value, cover) }
        }
        let dense = Float(field.settings.denseValue)
        for index in minerals.indices(at: z) {
            paint(minerals.balls[index], z: z, into: &span) { value, cover in
                value + cover * (dense - value)
            }
        }
        if field.settings.variation > 0 { vary(&span, z: z) }
        if let plug = field.settings.plug { cut(&span, z: z, plug: plug) }
        return values
    }

    /// Lays a ball's cover, 0 to 1, over a slice.
    @inline(__always)
    private func paint(
        _ ball: Ball, z: Int, into slice: inout MutableSpan<Float>,
        _ lay: (_ value: Float, _ cover: Float) -> Float
    ) {
        let (outer, inner) = (ball.radius + 0.5, max(ball.radius - 0.5, 0))
        let dz = Double(z) - ball.z
        let disk = outer * outer - dz * dz
        guard disk > 0 else { return }
        let extent = disk.squareRoot()
        let rows = Self.range(ball.y, extent, grid.height)
        for y in rows {
            let dy = Double(y) - ball.y
            let away = dz * dz + dy * dy
            let chord = outer * outer - away
            guard chord > 0 else { continue }
            let columns = Self.range(ball.x, chord.squareRoot(), grid.width)
            if columns.isEmpty { continue }
            let within = inner * inner - away
            // The middle of the ball covers fine voxels all the way.
            var full = columns.upperBound..<columns.upperBound
            if within > 0 {
                let middle = Self.range(ball.x, within.squareRoot(), grid.width)
                if !middle.isEmpty { full = middle }
            }
            let row = y * grid.width
            var x = columns.lowerBound
            while x < columns.upperBound {
                if x == full.lowerBound {
                    for i in (row + x)..<(row + full.upperBound) { slice[i] = lay(slice[i], 1) }
                    x = full.upperBound
                    continue
                }
                let dx = Double(x) - ball.x
                let beyond = (away + dx * dx).squareRoot() - ball.radius
                slice[row + x] = lay(slice[row + x], Float(min(max(0.5 - beyond, 0), 1)))
                x += 1
            }
        }
    }

    /// The whole numbers below `count` that lie within `extent` of `middle`.
    private static func range(_ middle: Double, _ extent: Double, _ count: Int) -> Range<Int> {
        let first = max(0, Int((middle - extent).rounded(.up)))
        let last = min(count - 1, Int((middle + extent).rounded(.down)))
        return first..<max(first, last + 1)
    }

    /// Multiplies by the slow variation, linear between every fourth fine voxel of a row.
    private func vary(_ slice: inout MutableSpan<Float>, z: Int) {
        let amplitude = field.settings.variation / 2
        let stride = 4
        let count = (grid.width + stride - 1) / stride + 1
        let across = grid.toField.linear.map { $0[2] * grid.edge }
        let along = SIMD3(across[0], across[1], across[2])
        let steps = field.waves.map { wave -> (Double, Double) in
            let angle = (wave.number * along).sum() * Double(stride)
            return (cos(angle), sin(angle))
        }
        var factors = [Float](repeating: 0, count: count)
        for y in 0..<grid.height {
            let start = grid.toField(
                grid.first + SIMD3(Double(z), Double(y), 0) * grid.edge)
            for i in 0..<count { factors[i] = 1 }
            for (wave, step) in zip(field.waves, steps) {
                let phase = (wave.number * start).sum() + wave.phase
                var (c, s) = (cos(phase), sin(phase))
                for i in 0..<count {
                    factors[i] += Float(amplitude * c)
                    (c, s) = (c * step.0 - s * step.1, s * step.0 + c * step.1)
                }
            }
            let row = y * grid.width
            for i in 0..<(count - 1) {
                let slope = (factors[i + 1] - factors[i]) / Float(stride)
                let first = i * stride
                for x in first..<min(first + stride, grid.width) {
                    slice[row + x] *= factors[i] + slope * Float(x - first)
                }
            }
        }
    }

    /// Puts air around a plug.
    private func cut(_ slice: inout MutableSpan<Float>, z: Int, plug: GrainSettings.Plug) {
        let pitch = grid.edge * grid.magnification
        let across = grid.toField.linear.map { $0[2] * grid.edge }
        for y in 0..<grid.height {
            let start = grid.toField(
                grid.first + SIMD3(Double(z), Double(y), 0) * grid.edge)
            let row = y * grid.width
            for x in 0..<grid.width {
                let dy = start[1] + across[1] * Double(x) - plug.centre[0]
                let dx = start[2] + across[2] * Double(x) - plug.centre[1]
                let beyond = ((dy * dy + dx * dx).squareRoot() - plug.radius) / pitch
                let rock = Float(min(max(0.5 - beyond, 0), 1))
                slice[row + x] = slice[row + x] * rock + Float(plug.air) * (1 - rock)
            }
        }
    }

    /// Balls, with those that touch each slice.
    private struct Layers: Sendable {
        let balls: [Ball]
        private let order: [Int32]
        private let starts: [Int]

        init(_ balls: [Ball], depth: Int) {
            self.balls = balls
            var counts = [Int](repeating: 0, count: depth + 1)
            func slices(_ ball: Ball) -> Range<Int> {
                Scene.range(ball.z, ball.radius + 0.5, depth)
            }
            for ball in balls {
                for z in slices(ball) { counts[z + 1] += 1 }
            }
            for z in 0..<depth { counts[z + 1] += counts[z] }
            starts = counts
            var order = [Int32](repeating: 0, count: counts[depth])
            for (index, ball) in balls.enumerated() {
                for z in slices(ball) {
                    order[counts[z]] = Int32(index)
                    counts[z] += 1
                }
            }
            self.order = order
        }

        /// The indices of the balls that touch slice `z`, in the order of the balls.
        func indices(at z: Int) -> some Sequence<Int> {
            order[starts[z]..<starts[z + 1]].lazy.map(Int.init)
        }
    }
}
