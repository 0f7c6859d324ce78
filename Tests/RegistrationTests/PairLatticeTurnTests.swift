import Foundation
import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `A turned pair lattice` {
    /// A turn and scale about HIGH's middle, which comes to rest at `middle` in LOW.
    private func about(
        _ shape: Shape, voxel: Double = 1, degrees: SIMD3<Double>, scale: Double = 1,
        mirrored: Bool = false, to middle: SIMD3<Double>
    ) -> SpatialTransform {
        let turn = SpatialTransform(
            rotationInDegrees: degrees, scale: scale, translation: SIMD3(0, 0, 0))
        let flip = SIMD3(1, 1, mirrored ? -1.0 : 1)
        let linear = turn.linear.map { $0 * flip }
        let still = SpatialTransform(linear: linear, translation: SIMD3(0, 0, 0))
        let centre = SIMD3(Double(shape.depth), Double(shape.height), Double(shape.width)) / 2
        return SpatialTransform(linear: linear, translation: middle - still(centre * voxel))
    }

    private func lattice(
        low: Shape = Shape(edge: 30), lowSize: Double = 4, high: Shape, highSize: Double = 1,
        _ transform: SpatialTransform, scale: Int = 4
    ) throws -> PairLattice {
        try PairLattice(
            low: low, lowVoxelSize: #require(VoxelSize(micrometres: lowSize)), high: high,
            highVoxelSize: #require(VoxelSize(micrometres: highSize)), transform: transform,
            scale: scale)
    }

    /// The largest deviation from `field`, where all that counts lies `margin` voxels inside HIGH,
    /// and how many voxels were looked at.
    private func worst(
        _ resampled: Volume<Float>, _ lattice: PairLattice, lowSize: Double, high: Shape,
        highSize: Double, margin: Double, _ field: (SIMD3<Double>) -> Double
    ) -> (error: Double, count: Int) {
        var (worst, count) = (0.0, 0)
        let isImage = high.isImage
        let scales = SIMD3(
            Double(isImage ? 1 : lattice.scale), Double(lattice.scale), Double(lattice.scale))
        let corner = SIMD3(
            Double(lattice.region.z), Double(lattice.region.y), Double(lattice.region.x))
        let back = lattice.transform.inverse
        let end = SIMD3(Double(high.depth), Double(high.height), Double(high.width))
        for z in 0..<resampled.shape.depth {
            for y in 0..<resampled.shape.height {
                for x in 0..<resampled.shape.width {
                    let voxel = SIMD3(Double(z), Double(y), Double(x)) + 0.5
                    let place = back((corner + voxel / scales) * lowSize) / highSize
                    let inside = pointwiseMin(place, end - place)
                    guard (isImage ? .infinity : inside[0]) >= margin, inside[1] >= margin,
                        inside[2] >= margin
                    else { continue }
                    count += 1
                    worst = max(worst, abs(Double(resampled[z, y, x]) - field(place)))
                }
            }
        }
        return (worst, count)
    }

    /// What mirroring at a border 12 voxels away may do: the spline's larger pole to that power.
    private let border = 4e-5 * 4

    @Test(arguments: [
        (degrees: SIMD3(12.0, 0, 0), mirrored: false), (SIMD3(7, -20, 31), false),
        (SIMD3(3, 2, -1), true), (SIMD3(0, 0, 178), true),
    ])
    func `has the values of waves where it lies in HIGH`(
        degrees: SIMD3<Double>, mirrored: Bool
    ) throws {
        let waves = Waves(to: 0.3, seed: 1)
        // Long enough for two blocks along x.
        let high = Shape(depth: 44, height: 44, width: 100)
        let transform = about(
            high, degrees: degrees, mirrored: mirrored, to: SIMD3(60.3, 59.1, 60.7))
        let lattice = try lattice(high: high, transform)
        let resampled = try lattice.resample(waves.volume(high))
        let (error, count) = worst(
            resampled, lattice, lowSize: 4, high: high, highSize: 1, margin: 12,
            waves.callAsFunction)
        #expect(count > 2000)
        #expect(error < waves.splineError + border * waves.contrast)
        // And a scan that lies elsewhere by a tenth of a voxel is told apart.
        let (other, _) = worst(
            resampled, lattice, lowSize: 4, high: high, highSize: 1, margin: 12
        ) { waves($0 + SIMD3(0, 0.1, 0)) }
        #expect(other > waves.splineError + border * waves.contrast)
    }

    @Test func `holds what 2.2 um voxels show on a lattice of 2.25 um`() throws {
        // The low-pass at 1.023 HIGH voxels has a ripple of 1e-3 along each axis below 0.3 cycles.
        let waves = Waves(to: 0.27, seed: 2)
        let high = Shape(edge: 52)
        let transform = about(
            high, voxel: 2.2, degrees: SIMD3(8, 5, -3), scale: 1.002, to: SIMD3(100, 101, 99.5))
        let lattice = try lattice(
            low: Shape(edge: 22), lowSize: 9, high: high, highSize: 2.2, transform)
        let (error, count) = worst(
            try lattice.resample(waves.volume(high)), lattice, lowSize: 9, high: high,
            highSize: 2.2, margin: 15, waves.callAsFunction)
        #expect(count > 2000)
        #expect(error < waves.splineError + (3e-3 + border) * waves.contrast)
    }

    @Test func `leaves out what its voxels cannot hold`() throws {
        // Lattice voxels of two HIGH voxels hold 0.25 cycles; the low-pass ends at 0.34.
        let high = Shape(edge: 64)
        let transform = about(high, degrees: SIMD3(11, 3, 0), to: SIMD3(64, 64, 64))
        let lattice = try lattice(
            low: Shape(edge: 16), lowSize: 8, high: high, highSize: 1, transform)
        func error(_ waves: Waves, _ truth: (SIMD3<Double>) -> Double) throws -> Double {
            let (error, count) = worst(
                try lattice.resample(waves.volume(high)), lattice, lowSize: 8, high: high,
                highSize: 1, margin: 22, truth)
            #expect(count > 500)
            return error / waves.contrast
        }
        // Waves along the axes of HIGH: the low-pass is a product of one along each.
        let slow = Waves(to: 0.15, seed: 3)
        #expect(try error(slow, slow.callAsFunction) < 4e-3)
        let fast = Waves(count: 1, from: 0.44, to: 0.48, inPlane: true, seed: 4)
        #expect(try error(fast) { _ in 0 } < 0.02)
    }

    @Test func `turned there and back is where it was`() throws {
        let waves = Waves(to: 0.25, seed: 5)
        let high = Shape(edge: 48)
        let scan = waves.volume(high)
        let there = about(high, degrees: SIMD3(9, -6, 4), to: SIMD3(30, 30, 30))
        let turned = try lattice(low: Shape(edge: 60), lowSize: 1, high: high, there, scale: 1)
        let middle = try turned.resample(scan)
        let corner = SIMD3(
            Double(turned.region.z), Double(turned.region.y), Double(turned.region.x))
        let back = there.inverse.after(SpatialTransform(translation: corner))
        let returned = try lattice(
            low: high, lowSize: 1, high: middle.shape, back, scale: 1)
        let again = try returned.resample(middle)
        let inner = 12
        var worst = 0.0
        var count = 0
        for z in inner..<(again.shape.depth - inner) {
            for y in inner..<(again.shape.height - inner) {
                for x in inner..<(again.shape.width - inner) {
                    let original = scan[
                        z + returned.region.z, y + returned.region.y, x + returned.region.x]
                    worst = max(worst, abs(Double(again[z, y, x] - original)))
                    count += 1
                }
            }
        }
        #expect(count > 300)
        // Each way has its error, and near HIGH's border the mirror's.
        #expect(worst < 2 * waves.splineError + 1e-3 * waves.contrast)
    }

    @Test func `is made of HIGH's voxels in another order where it only turns by quarters`() throws
    {
        let shape = Shape(depth: 9, height: 12, width: 15)
        var generator = SplitMix64(seed: 6)
        let high = Volume<Float>(
            shape: shape,
            voxels: (0..<shape.count).map { _ in .random(in: 0...1, using: &generator) })
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        for order in orders {
            for signs in 0..<8 {
                // LOW's axis k runs along or against HIGH's axis order[k].
                let linear = (0..<3).map { k in
                    var row = SIMD3<Double>(repeating: 0)
                    row[order[k]] = signs >> k & 1 == 0 ? 1 : -1
                    return row
                }
                let extents = SIMD3(9.0, 12, 15)
                let start = SIMD3(3.0, 4, 5)
                let translation = SIMD3<Double>(
                    (0..<3).map { k in
                        start[k] + (signs >> k & 1 == 0 ? 0 : extents[order[k]])
                    })
                let lattice = try lattice(
                    low: Shape(edge: 25), lowSize: 1, high: shape,
                    SpatialTransform(linear: linear, translation: translation), scale: 1)
                #expect(
                    lattice.shape
                        == Shape(
                            depth: Int(extents[order[0]]), height: Int(extents[order[1]]),
                            width: Int(extents[order[2]])))
                let turned = try lattice.resample(high)
                var differences = 0
                for z in 0..<lattice.shape.depth {
                    for y in 0..<lattice.shape.height {
                        for x in 0..<lattice.shape.width {
                            var index = [0, 0, 0]
                            for (k, place) in [z, y, x].enumerated() {
                                index[order[k]] =
                                    signs >> k & 1 == 0
                                    ? place : Int(extents[order[k]]) - 1 - place
                            }
                            if turned[z, y, x] != high[index[0], index[1], index[2]] {
                                differences += 1
                            }
                        }
                    }
                }
                #expect(differences == 0, "order \(order), signs \(signs)")
            }
        }
    }

    @Test func `hardly changes HIGH's voxels near a quarter turn`() throws {
        let shape = Shape(edge: 24)
        var generator = SplitMix64(seed: 7)
        let high = Volume<Float>(
            shape: shape,
            voxels: (0..<shape.count).map { _ in .random(in: 0...1, using: &generator) })
        func turned(_ degrees: Double) throws -> Volume<Float> {
            let transform = about(
                shape, degrees: SIMD3(degrees, 0, 0), to: SIMD3(20, 20, 20))
            let lattice = try lattice(
                low: Shape(edge: 40), lowSize: 1, high: shape, transform, scale: 1)
            // The same LOW voxels, wherever the lattice begins.
            let region = Region(
                z: 10 - lattice.region.z, y: 10 - lattice.region.y, x: 10 - lattice.region.x,
                shape: Shape(edge: 20))
            return try lattice.resample(high, in: region)
        }
        let exact = try turned(90)
        let border = try turned(90.002)
        // Less than 0.001 voxels away, where noise is no steeper than some four times its contrast.
        let worst = zip(exact.array, border.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(worst > 0 && worst < 4e-3)
    }

    @Test(arguments: [SIMD3(0.0, 0, 0), SIMD3(90, 0, 0), SIMD3(10, 4, -7)])
    func `is the same bits however it is cut into boxes`(degrees: SIMD3<Double>) throws {
        let high = Shape(depth: 30, height: 30, width: 100)
        let scan = Waves(to: 0.4, seed: 8).volume(high)
        let transform = about(high, degrees: degrees, to: SIMD3(60.3, 60.1, 59.8))
        let lattice = try lattice(high: high, transform)
        let whole = try lattice.resample(scan)
        var generator = SplitMix64(seed: 9)
        for _ in 0..<4 {
            func part(_ extent: Int) -> Range<Int> {
                let a = Int.random(in: 0..<extent, using: &generator)
                return a..<Int.random(in: (a + 1)...extent, using: &generator)
            }
            let region = try #require(
                Region(
                    z: part(whole.shape.depth), y: part(whole.shape.height),
                    x: part(whole.shape.width)))
            #expect(try lattice.resample(scan, in: region) == whole.cropped(to: region))
        }
        let slices = 3..<8
        #expect(
            try lattice.resample(scan, slices: slices)
                == whole.cropped(
                    to: Region(z: 3, y: 0, x: 0, shape: whole.shape.withDepth(5))))
    }

    @Test func `turns images in their plane`() throws {
        let waves = Waves(to: 0.3, inPlane: true, seed: 10)
        let high = Shape(depth: 1, height: 90, width: 100)
        let transform = about(
            high, degrees: SIMD3(17, 0, 0), scale: 0.99, mirrored: true,
            to: SIMD3(0.5, 61, 60))
        let lattice = try lattice(
            low: Shape(depth: 1, height: 30, width: 30), high: high, transform)
        #expect(lattice.shape.depth == 1)
        let (error, count) = worst(
            try lattice.resample(waves.volume(high)), lattice, lowSize: 4, high: high, highSize: 1,
            margin: 15, waves.callAsFunction)
        #expect(count > 1000)
        #expect(error < waves.splineError + (2e-3 + border) * waves.contrast)
    }

    @Test func `turns scans thinner than the spline`() throws {
        // Constant along z, so that a mirror changes nothing.
        let waves = Waves(to: 0.25, inPlane: true, seed: 11)
        let high = Shape(depth: 3, height: 60, width: 60)
        let transform = about(high, degrees: SIMD3(20, 0, 0), to: SIMD3(2, 40, 40))
        let lattice = try lattice(
            low: Shape(depth: 4, height: 80, width: 80), lowSize: 1, high: high, transform, scale: 1
        )
        let resampled = try lattice.resample(waves.volume(high))
        var worst = 0.0
        for y in 16..<(lattice.shape.height - 16) {
            for x in 16..<(lattice.shape.width - 16) {
                let voxel = SIMD3(
                    Double(lattice.region.z), Double(y + lattice.region.y),
                    Double(x + lattice.region.x))
                let place = transform.inverse(voxel + 0.5)
                worst = max(worst, abs(Double(resampled[0, y, x]) - waves(place)))
            }
        }
        #expect(worst < waves.splineError + border * waves.contrast)
    }

    /// A scan that tells when more than a box of it is asked for.
    private struct Bounded: ScanSource {
        let volume: Volume<Float>
        let limit: Shape
        var shape: Shape { volume.shape }
        var voxelSize: VoxelSize? { nil }

        func floats(in region: Region) -> Volume<Float> {
            #expect(region.fits(in: shape))
            #expect(
                region.shape.depth <= limit.depth && region.shape.height <= limit.height
                    && region.shape.width <= limit.width)
            return volume.cropped(to: region)
        }
    }

    @Test func `asks for small boxes of HIGH`() throws {
        let high = Shape(depth: 20, height: 20, width: 600)
        let scan = Bounded(
            volume: Volume(shape: high, repeating: 3),
            // A block of 64, the taps and the spline's margin, at a slant.
            limit: Shape(depth: 20, height: 20, width: 64 + 10 + 32 + 6))
        let transform = about(high, degrees: SIMD3(0.2, 0, 0), to: SIMD3(40, 40, 320))
        let lattice = try lattice(
            low: Shape(depth: 20, height: 20, width: 160), high: high, transform)
        #expect(lattice.shape.width > 500)
        let resampled = try lattice.resample(scan)
        #expect(resampled.array.allSatisfy { abs($0 - 3) < 1e-5 })
    }

    private struct Broken: ScanSource {
        struct Failure: Error {}
        let shape: Shape
        var voxelSize: VoxelSize? { nil }
        func floats(in region: Region) throws -> Volume<Float> { throw Failure() }
    }

    @Test func `says why HIGH could not be read`() throws {
        let high = Shape(edge: 20)
        let transform = about(high, degrees: SIMD3(5, 0, 0), to: SIMD3(40, 40, 40))
        let lattice = try lattice(high: high, transform)
        #expect(throws: Broken.Failure.self) { try lattice.resample(Broken(shape: high)) }
    }

    @Test(arguments: [45.0, -45])
    func `is found where HIGH passes the middle of the box about it by`(degrees: Double) throws {
        // A bar across LOW's corner, 16 um thick, along one diagonal or the other.
        let high = Shape(depth: 40, height: 16, width: 120)
        let transform = about(high, degrees: SIMD3(degrees, 0, 0), to: SIMD3(60, 24, 24))
        let lattice = try lattice(high: high, transform)
        // All of its height in z, and two LOW voxels side by side.
        #expect(lattice.region.shape.depth == 10)
        #expect(lattice.region.shape.count >= 20)
    }

    private struct Bow: Displacement {
        let amplitude: Double
        let wavelength: Double
        var largestInMicrometres: Double { amplitude }

        func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(0, sin(2 * .pi * point[2] / wavelength), 0) * amplitude
        }
    }

    @Test(arguments: [SIMD3(0.0, 0, 0), SIMD3(10, 4, -7)])
    func `follows a displacement to a hundredth of a voxel`(degrees: SIMD3<Double>) throws {
        let waves = Waves(to: 0.2, seed: 12)
        let high = Shape(depth: 36, height: 44, width: 110)
        let transform = about(high, degrees: degrees, to: SIMD3(60.3, 59.1, 60.7))
        // It bends by 0.0016 voxels per voxel squared.
        let bow = Bow(amplitude: 2, wavelength: 222)
        let voxel = try #require(VoxelSize(micrometres: 1))
        let lowVoxel = try #require(VoxelSize(micrometres: 4))
        let lattice = try PairLattice(
            low: Shape(edge: 30), lowVoxelSize: lowVoxel, high: high, highVoxelSize: voxel,
            transform: transform, displacement: bow, scale: 4)
        let plain = try self.lattice(high: high, transform)
        #expect(lattice.region.shape.count < plain.region.shape.count)
        let scan = waves.volume(high)
        let resampled = try lattice.resample(scan)
        var (worst, count, isWithin) = (0.0, 0, true)
        let end = SIMD3(Double(high.depth), Double(high.height), Double(high.width))
        for z in 0..<resampled.shape.depth {
            for y in 0..<resampled.shape.height {
                for x in 0..<resampled.shape.width {
                    let point =
                        SIMD3(
                            Double(z + lattice.region.z * 4), Double(y + lattice.region.y * 4),
                            Double(x + lattice.region.x * 4)) + 0.5
                    let place = transform.inverse(point + bow(point))
                    isWithin = isWithin && place.min() >= 0 && (end - place).min() >= 0
                    guard place.min() >= 12, (end - place).min() >= 12 else { continue }
                    count += 1
                    worst = max(worst, abs(Double(resampled[z, y, x]) - waves(place)))
                }
            }
        }
        #expect(isWithin)
        #expect(count > 1000)
        #expect(worst < waves.splineError + border * waves.contrast + 0.01 * waves.steepness)
        let region = try #require(
            Region(
                z: 1..<(resampled.shape.depth - 2), y: 3..<6, x: 5..<(resampled.shape.width - 1)))
        #expect(try lattice.resample(scan, in: region) == resampled.cropped(to: region))
    }
}
