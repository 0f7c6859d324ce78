import Foundation
import Randomness
import Registration
import TestSupport
import Testing
import Volumes

@Suite struct `A rock of spheres` {
    /// One sphere every eight diameters.
    static func lonely(diameter: Double) -> GrainField {
        var settings = GrainSettings(diameter: diameter)
        settings.arrangement = .lattice(spacingInDiameters: 8)
        settings.variation = 0
        return GrainField(settings, seed: 0)
    }

    @Test(arguments: [1, 2, 4])
    func `holds as much as its grains`(supersampling: Int) {
        // A sphere of ten micrometres in the middle of a cell of eighty, seen in voxels of two.
        let volume = Self.lonely(diameter: 10).render(
            shape: Shape(edge: 40), voxelEdge: 2, toField: .identity, gaussianBlurInVoxels: 0.7,
            supersampling: supersampling)
        let sum = volume.array.reduce(0.0) { $0 + Double($1) } * 8
        let fine = 2 / Double(supersampling)
        // Where its surface lies to the fine voxels changes a ball's sum by the share of a voxel in
        // its radius, cubed.
        #expect(abs(sum / (.pi / 6 * 1000) - 1) < 0.75 * pow(fine / 5, 3))
    }

    @Test(arguments: [SIMD3<Double>(0, 0, 0), SIMD3(33, -20, 71)], [false, true])
    func `is where the pose puts it`(rotation: SIMD3<Double>, isMirrored: Bool) {
        let pose = PhantomPose(
            rotationInDegrees: rotation, scale: 1.07, isMirrored: isMirrored)
        let toField = pose.transform(
            translation: SIMD3(40, 40, 40) - pose.transform()(SIMD3(21.3, 17.9, 24.4)))
        let volume = Self.lonely(diameter: 10).render(
            shape: Shape(edge: 40), voxelEdge: 1, toField: toField, gaussianBlurInVoxels: 0.6,
            supersampling: 2)
        var (sum, moment) = (0.0, SIMD3(0.0, 0, 0))
        for z in 0..<40 {
            for y in 0..<40 {
                for x in 0..<40 {
                    let value = Double(volume[z, y, x])
                    sum += value
                    moment += value * (SIMD3(Double(z), Double(y), Double(x)) + 0.5)
                }
            }
        }
        let error = moment / sum - SIMD3(21.3, 17.9, 24.4)
        #expect(abs(error.max()) < 2e-3 && abs(error.min()) < 2e-3)
        #expect(abs(sum / (.pi / 6 * pow(10 / 1.07, 3)) - 1) < 1e-3)
    }

    @Test func `looks alike from every side`() {
        // The lattice turned by a quarter is the lattice, so all its turns in between must differ from
        // their own analytic picture only as fine voxels do: the mean and the spread of grey values stay.
        let field = Self.lonely(diameter: 12)
        func moments(_ degrees: Double) -> (Double, Double) {
            let pose = PhantomPose(rotationInDegrees: SIMD3(degrees, degrees / 3, 0))
            let toField = pose.transform(
                translation: SIMD3(48, 48, 48) - pose.transform()(SIMD3(12, 12, 12)))
            let volume = field.render(
                shape: Shape(edge: 24), voxelEdge: 1, toField: toField,
                gaussianBlurInVoxels: 0.6, supersampling: 1)
            let values = volume.array.map(Double.init)
            return (values.reduce(0, +), values.reduce(0) { $0 + $1 * $1 })
        }
        let straight = moments(0)
        for degrees in [10.0, 30, 45] {
            let turned = moments(degrees)
            #expect(abs(turned.0 / straight.0 - 1) < 2e-3)
            #expect(abs(turned.1 / straight.1 - 1) < 2e-3)
        }
    }

    @Test(arguments: [2, 3])
    func `means the same in coarse voxels as in fine ones`(ratio: Int) {
        let field = GrainField(GrainSettings(diameter: 14), seed: 3)
        let edge = 8
        let coarse = field.render(
            shape: Shape(edge: edge), voxelEdge: Double(ratio), toField: .identity,
            gaussianBlurInVoxels: 1.2 / Double(ratio), supersampling: 4)
        let fine = field.render(
            shape: Shape(edge: edge * ratio), voxelEdge: 1, toField: .identity,
            gaussianBlurInVoxels: 1.2, supersampling: 4)
        var worst = 0.0
        for z in 0..<edge {
            for y in 0..<edge {
                for x in 0..<edge {
                    var sum = 0.0
                    for k in 0..<ratio {
                        for j in 0..<ratio {
                            for i in 0..<ratio {
                                sum += Double(
                                    fine[z * ratio + k, y * ratio + j, x * ratio + i])
                            }
                        }
                    }
                    worst = max(worst, abs(sum / pow(Double(ratio), 3) - Double(coarse[z, y, x])))
                }
            }
        }
        // Where grains meet, fine voxels of a quarter of either size differ by a fiftieth.
        #expect(worst < 0.025)
    }

    @Test func `is the same rock in every window`() {
        let field = GrainField(GrainSettings(diameter: 9), seed: 8)
        let all = field.render(
            shape: Shape(edge: 32), voxelEdge: 1.5, toField: .identity, gaussianBlurInVoxels: 0.5,
            supersampling: 1)
        let part = field.render(
            shape: Shape(edge: 10), voxelEdge: 1.5,
            toField: SpatialTransform(translation: SIMD3(15, 6, 21)), gaussianBlurInVoxels: 0.5,
            supersampling: 1)
        let same = all.cropped(to: Region(z: 10, y: 4, x: 14, shape: Shape(edge: 10)))
        let worst = zip(part.array, same.array).map { abs($0 - $1) }.max() ?? 1
        // The slow variation is laid through other points of a row.
        #expect(worst < 2e-3)
    }

    @Test func `has the pores of a sandstone`() {
        let field = GrainField(GrainSettings(diameter: 8), seed: 1)
        let volume = field.render(
            shape: Shape(edge: 64), voxelEdge: 1, toField: .identity, gaussianBlurInVoxels: 0.5,
            supersampling: 1)
        let pores = Double(volume.array.count { $0 < 0.5 }) / Double(volume.shape.count)
        #expect((0.15...0.35).contains(pores), "\(pores)")
    }

    @Test func `stands in air as a plug`() {
        var settings = GrainSettings(diameter: 8)
        settings.plug = .init(centre: SIMD2(20, 20), radius: 15, air: -0.25)
        let volume = GrainField(settings, seed: 1).render(
            shape: Shape(edge: 40), voxelEdge: 1, toField: .identity, gaussianBlurInVoxels: 0.5,
            supersampling: 1)
        #expect(abs(volume[5, 2, 2] + 0.25) < 1e-4)
        #expect(volume.array.contains { $0 > 0.9 })
    }
}

@Suite struct `A pair of phantoms` {
    static func small() -> PhantomSettings {
        var settings = PhantomSettings()
        settings.highEdge = 64
        settings.lowEdge = 24
        return settings
    }

    @Test(arguments: [0.3, 0.6, 1])
    func `shares as much as it was asked to`(overlap: Double) {
        let boxes = PhantomBoxes(
            low: SIMD3(repeating: 192), high: SIMD3(repeating: 128))
        let pose = PhantomPose(rotationInDegrees: SIMD3(20, 5, 0), scale: 1.05, isMirrored: true)
        for seed in UInt64(0)..<3 {
            var generator = Philox4x32(seed: seed, stream: 0)
            let placed = boxes.place(pose, overlap: overlap, using: &generator)
            // A lattice of 24^3 points tells shares to a few parts in a hundred.
            #expect(abs(boxes.overlap(placed) - overlap) < 0.03)
        }
    }

    @Test func `measures an error at the worst corner`() {
        var settings = Self.small()
        settings.pose = PhantomPose(rotationInDegrees: SIMD3(20, 5, 0), scale: 1.05)
        let pair = PhantomPair(settings, seed: 1)
        #expect(pair.cornerError(of: pair.transform) == 0)
        let moved = SpatialTransform(translation: SIMD3(0, 0, 2.1)).after(pair.transform)
        #expect(abs(pair.cornerError(of: moved) - 1) < 1e-9)
        // One part in a thousand more, from the corner at the origin: 64 voxels to the far corner.
        let larger = pair.transform.after(
            SpatialTransform(
                linear: [SIMD3(1.001, 0, 0), SIMD3(0, 1.001, 0), SIMD3(0, 0, 1.001)],
                translation: SIMD3(0, 0, 0)))
        #expect(abs(pair.cornerError(of: larger) - 0.064 * 3.0.squareRoot()) < 1e-9)
    }

    @Test(arguments: [false, true])
    func `is found again by a shift`(isImage: Bool) throws {
        var settings = Self.small()
        settings.isImage = isImage
        if isImage {
            settings.highEdge = 256
            settings.lowEdge = 96
        }
        let pair = PhantomPair(settings, seed: 5)
        let result = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(model: .shift))
        #expect(result.accepted, "\(result.reason ?? "")")
        // Noise on so small a pair.
        #expect(pair.cornerError(of: result.transform) < 0.15)
    }

    @Test func `knows how well it can be found`() {
        var settings = Self.small()
        let bound = PhantomPair(settings, seed: 1).attainableCornerError
        settings.lowFlaws.noise *= 2
        let noisier = PhantomPair(settings, seed: 1).attainableCornerError
        #expect(abs(noisier / bound - 2) < 1e-6)
        settings.lowEdge = 36
        settings.highEdge = 96
        let larger = PhantomPair(settings, seed: 1).attainableCornerError
        // 27 eighths as many voxels, so the root of that, 1.84; LOW's outermost voxels, which do not
        // count, are more of the small pair.
        #expect((1.6...2.8).contains(noisier / larger), "\(noisier / larger)")
    }

    @Test func `is the same every time`() {
        let first = PhantomPair(Self.small(), seed: 2)
        let second = PhantomPair(Self.small(), seed: 2)
        #expect(first.low == second.low && first.high == second.high)
    }
}
