import Foundation
import Randomness
import Registration
import Testing
import Volumes

@Suite struct `Registration by a shift` {
    /// What clean scans must reach, in HIGH voxels; noise-free fits here err by 0.002 to 0.02.
    static let cleanTolerance = 0.03

    @Test(arguments: [4, 5, 3, 9 / 2.2, 1])
    func `finds a part of LOW wherever it lies`(ratio: Double) throws {
        let pair = try Pair(
            ratio: ratio, highEdge: ratio == 1 ? 26 : 42, lowEdge: ratio == 1 ? 30 : 15, seed: 1)
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.accepted, "\(result.reason ?? "")")
        #expect(pair.error(result) < Self.cleanTolerance)
        #expect(result.overlapFraction > 0.999)
        #expect(result.correlation > 0.99)
        #expect(result.confidence > 0.9)
        // Blocks of a few cells agree to 0.15 HIGH voxels of 2 um.
        #expect(result.residualInMicrometres.p95 < 0.3)
    }

    @Test func `counts from the corners of voxels, not their centres`() throws {
        // Both grids start at one point: between centres there would be 1.5 HIGH voxels.
        let pair = try Pair(
            ratio: 4, highEdge: 40, lowEdge: 10, seed: 3, corner: SIMD3(0, 0, 0))
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.accepted)
        #expect(pair.error(result) < Self.cleanTolerance)
    }

    @Test(arguments: UInt64(0)..<2)
    func `finds a scan that sticks out of the other`(seed: UInt64) throws {
        let pair = try Pair(
            ratio: 3, highEdge: 42, lowEdge: 16, seed: seed, corner: SIMD3(-21, 40.4, -12.7))
        let result = try register(low: pair.low, high: pair.high)
        #expect(result.accepted, "\(result.reason ?? "")")
        #expect(pair.error(result) < Self.cleanTolerance)
        let shared: Double = (63.0 / 84) * ((96 - 40.4) / 84) * (71.3 / 84)
        #expect(abs(result.overlapFraction - shared) < 2e-3)
    }

    @Test(arguments: UInt64(0)..<4)
    func `bears noise, rings, cupping and another contrast`(seed: UInt64) throws {
        let edge = 28
        let pair = try Pair(ratio: 3, highEdge: 72, lowEdge: edge, seed: seed, noise: 0.2)
        let low = pair.low
        var values = low.array
        let contrast = Float(200)
        for z in 0..<edge {
            for y in 0..<edge {
                for x in 0..<edge {
                    let radius = hypot(Float(y) - 13.5, Float(x) - 13.5)
                    let ring: Float = abs(radius - 8) < 0.6 ? 0.15 : 0
                    let cupping = radius * radius / 800
                    let i = (z * edge + y) * edge + x
                    values[i] = 9000 + contrast * (values[i] * (1 + 0.2 * cupping) + ring + cupping)
                }
            }
        }
        let result = try register(
            low: Volume(shape: low.shape, voxelSize: low.voxelSize, voxels: values),
            high: pair.high)
        #expect(result.accepted, "\(result.reason ?? "")")
        // A ring of half the texture's contrast pulls at the corner of so small an overlap (24 cells).
        #expect(pair.error(result) < 0.5)
        #expect(result.standardErrorInMicrometres.max() < 0.2)
    }

    @Test func `registers images in their plane`() throws {
        let size = try #require(VoxelSize(micrometres: 2))
        let corner = SIMD3(0, 63.3, 101.9)
        let rock = BlobRock(extent: SIMD3(0, 340, 340), spacing: 20, seed: 4)
        let low = rock.volume(
            Shape(depth: 1, height: 40, width: 42), voxelSize: size.scaled(by: 4),
            corner: SIMD3(0, 0, 0))
        let high = rock.volume(
            Shape(depth: 1, height: 100, width: 90), voxelSize: size, corner: corner)
        let result = try register(low: low, high: high)
        #expect(result.accepted, "\(result.reason ?? "")")
        let error = result.transform.translation - corner
        #expect((error * error).sum().squareRoot() < 0.04)
        #expect(result.transform.translation[0] == 0)
    }

    @Test(arguments: UInt64(0)..<4)
    func `refuses another rock, and says why`(seed: UInt64) throws {
        let pair = try Pair(ratio: 3, highEdge: 33, lowEdge: 15, seed: seed)
        let other = try Pair(ratio: 3, highEdge: 33, lowEdge: 15, seed: seed + 100)
        let result = try register(low: pair.low, high: other.high)
        #expect(!result.accepted)
        #expect(result.reason?.contains("stands out") == true)
        #expect(result.confidence < 0.5)
    }

    @Test(arguments: UInt64(1)...4)
    func `refuses a scan whose voxel size is wrong`(seed: UInt64) throws {
        let pair = try Pair(ratio: 4, highEdge: 42, lowEdge: 14, seed: seed)
        let wrong = try #require(VoxelSize(micrometres: 2.8))
        let result = try register(low: pair.low, high: pair.high.withVoxelSize(wrong))
        #expect(!result.accepted)
    }

    @Test func `refuses scans that share too little, and says so`() throws {
        let pair = try Pair(
            ratio: 3, highEdge: 48, lowEdge: 16, seed: 2, corner: SIMD3(62, -50, 1))
        let result = try register(low: pair.low, high: pair.high)
        #expect(!result.accepted)
        #expect(result.reason?.contains("share") == true, "\(result.reason ?? "")")
        let lenient = try register(
            low: pair.low, high: pair.high, options: RegistrationOptions(minimumOverlap: 0.1))
        #expect(lenient.accepted, "\(lenient.reason ?? "")")
        #expect(pair.error(lenient) < 2 * Self.cleanTolerance)
    }

    @Test func `takes an initial alignment between places that look alike`() throws {
        let pair = try Pair(
            ratio: 3, highEdge: 36, lowEdge: 16, seed: 5, corner: SIMD3(7, 11, 13))
        // The same rock twice, side by side.
        var twice: [Float] = []
        for row in 0..<256 {
            let values = pair.low.array[(row * 16)..<(row * 16 + 16)]
            twice += values + values
        }
        let low = Volume(
            shape: Shape(depth: 16, height: 16, width: 32), voxelSize: pair.low.voxelSize,
            voxels: twice)
        #expect(try !register(low: low, high: pair.high).accepted)
        let second = SpatialTransform(translation: SIMD3(0, 20, 100))
        let result = try register(
            low: low, high: pair.high,
            options: RegistrationOptions(
                initialAlignment: InitialAlignment(
                    transform: second, uncertaintyInMicrometres: 24)))
        #expect(result.accepted, "\(result.reason ?? "")")
        let error = result.transform.translation - SIMD3(7, 11, 109)
        #expect((error * error).sum().squareRoot() < 2 * Self.cleanTolerance)
    }

    @Test func `gives the same bits beside other work`() throws {
        let pair = try Pair(ratio: 3, highEdge: 30, lowEdge: 12, seed: 6, noise: 0.2)
        let alone = try register(low: pair.low, high: pair.high)
        let together = concurrentMap(count: 3) { _ in
            try? register(low: pair.low, high: pair.high)
        }
        #expect(together.allSatisfy { $0 == alone })
    }

    @Test func `names what is wrong with a scan`() throws {
        let size = try #require(VoxelSize(micrometres: 2))
        let coarse = size.scaled(by: 3)
        let pair = try Pair(ratio: 3, highEdge: 36, lowEdge: 16, seed: 1)
        let flat = Volume<Float>(shape: Shape(edge: 36), voxelSize: size, repeating: 3)
        var broken = pair.high
        broken[3, 4, 5] = .nan
        let image = Volume<Float>(
            shape: Shape(depth: 1, height: 36, width: 36), voxelSize: size,
            voxels: Array(pair.high.array.prefix(36 * 36)))
        let small = pair.high.cropped(
            to: Region(z: 0, y: 0, x: 0, shape: Shape(depth: 20, height: 36, width: 36)))
        func error(_ low: Volume<Float>, _ high: Volume<Float>) -> RegistrationError? {
            do {
                _ = try register(low: low, high: high)
                return nil
            } catch {
                return error as? RegistrationError
            }
        }
        #expect(error(pair.low.withVoxelSize(nil), pair.high) == .missingVoxelSize(.low))
        #expect(error(pair.low, flat) == .constant(.high))
        #expect(error(pair.low, broken) == .notFinite(.high))
        #expect(
            error(pair.low, image)
                == .imageAgainstVolume(low: pair.low.shape, high: image.shape))
        #expect(
            error(pair.low.withVoxelSize(size), pair.high.withVoxelSize(coarse))
                == .highIsCoarser(low: size, high: coarse))
        guard case .tooSmall(.high, let extents, 8) = error(pair.low, small) else {
            Issue.record("a thin scan is too small")
            return
        }
        #expect(abs(extents[0] - 20.0 / 3) < 1e-9)
    }
}

/// Two scans of one rock: LOW's corner at the origin, HIGH's at `corner`.
struct Pair {
    let low: Volume<Float>
    let high: Volume<Float>
    /// In micrometres.
    let corner: SIMD3<Double>
    static let highVoxel = 2.0

    init(
        ratio: Double, highEdge: Int, lowEdge: Int, seed: UInt64, corner: SIMD3<Double>? = nil,
        noise: Double = 0
    ) throws {
        var generator = SplitMix64(seed: seed)
        let size = try #require(VoxelSize(micrometres: Self.highVoxel))
        let lowExtent = Double(lowEdge) * ratio * Self.highVoxel
        let highExtent = Double(highEdge) * Self.highVoxel
        let drawn = SIMD3<Double>.random(in: 0...1, using: &generator) * (lowExtent - highExtent)
        self.corner = corner ?? drawn
        // The rock reaches beyond LOW, for HIGH to stick out into.
        let margin = highExtent
        let rock = BlobRock(
            extent: SIMD3(repeating: lowExtent + 2 * margin), spacing: 20, seed: seed)
        let origin = SIMD3(repeating: margin)
        low = rock.volume(
            Shape(edge: lowEdge), voxelSize: size.scaled(by: ratio), corner: origin,
            noise: noise / 2, seed: seed + 1)
        high = rock.volume(
            Shape(edge: highEdge), voxelSize: size, corner: origin + self.corner, noise: noise,
            seed: seed + 2)
    }

    /// How far a registration is from the truth, in HIGH voxels.
    func error(_ result: RegistrationResult) -> Double {
        let error = result.transform.translation - corner
        return (error * error).sum().squareRoot() / Self.highVoxel
    }
}
