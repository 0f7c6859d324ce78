import Foundation
import Registration
import Synchronization
import TestSupport
import Testing
import Volumes

/// A scan that counts what is asked of it, and fails at a slice where one is named.
private final class CountingScan: ScanSource {
    struct Broken: Error, Equatable {
        let slice: Int
    }

    struct Asked {
        var boxes: [Region] = []
        var voxels: Int { boxes.reduce(0) { $0 + $1.shape.count } }
        var deepest: Int { boxes.map(\.shape.depth).max() ?? 0 }
    }

    private let volume: Volume<Float>
    private let brokenSlice: Int?
    private let log = Mutex(Asked())

    init(_ volume: Volume<Float>, brokenSlice: Int? = nil) {
        self.volume = volume
        self.brokenSlice = brokenSlice
    }

    var shape: Shape { volume.shape }
    var voxelSize: VoxelSize? { volume.voxelSize }
    var asked: Asked { log.withLock { $0 } }

    func floats(in region: Region) throws -> Volume<Float> {
        #expect(region.fits(in: shape))
        log.withLock { $0.boxes.append(region) }
        if let brokenSlice, region.slices.contains(brokenSlice) {
            throw Broken(slice: brokenSlice)
        }
        return volume.cropped(to: region)
    }
}

@Suite struct `Registration of scans that are read box by box` {
    /// HIGH is a column, so that there are many slices.
    static let pair: (low: Volume<Float>, high: Volume<Float>) = {
        var settings = SmallPair.settings
        settings.lowEdge = 44
        settings.highEdge = 132
        let pair = PhantomPair(settings, seed: 51)
        return (
            pair.low,
            pair.high.cropped(
                to: Region(
                    z: 0, y: 30, x: 24, shape: Shape(depth: 132, height: 60, width: 66)))
        )
    }()

    @Test func `is that of the same scans in memory, to the bit`() throws {
        let (low, high) = (CountingScan(Self.pair.low), CountingScan(Self.pair.high))
        let options = RegistrationOptions(model: .shift)
        let read = try register(low: low, high: high, options: options)
        let held = try register(low: Self.pair.low, high: Self.pair.high, options: options)
        #expect(held.accepted, "\(held.reason ?? "")")
        #expect(read == held)
        // LOW is read at most twice, HIGH once, but for what neighbouring slabs both need.
        #expect(low.asked.voxels <= 2 * low.shape.count)
        #expect(high.asked.voxels <= high.shape.count * 13 / 10)
        // A slab is some 32 slices, with those that a Gaussian reaches.
        #expect(low.asked.deepest <= 40 && high.asked.deepest <= 40)
        #expect(low.asked.boxes.count > 1 && high.asked.boxes.count > 3)
    }

    @Test(arguments: [0, 40, 131])
    func `passes on what HIGH cannot read`(slice: Int) {
        let broken = CountingScan(Self.pair.high, brokenSlice: slice)
        #expect(throws: CountingScan.Broken(slice: slice)) {
            try register(low: CountingScan(Self.pair.low), high: broken)
        }
    }

    @Test(arguments: [0, 43])
    func `passes on what LOW cannot read`(slice: Int) {
        let broken = CountingScan(Self.pair.low, brokenSlice: slice)
        #expect(throws: CountingScan.Broken(slice: slice)) {
            try register(low: broken, high: CountingScan(Self.pair.high))
        }
    }

    @Test func `is the same bits beside other work, also turned`() throws {
        var settings = SmallPair.imageSettings
        settings.pose.rotationInDegrees = SIMD3(77, 0, 0)
        let pair = PhantomPair(settings, seed: 52)
        let alone = try register(low: pair.low, high: pair.high)
        #expect(alone.accepted)
        let together = concurrentMap(count: 4) { _ in
            try? register(low: pair.low, high: pair.high)
        }
        #expect(together.allSatisfy { $0 == alone })
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `on little memory compares coarser cells, and is right`() throws {
        var settings = SmallPair.imageSettings
        settings.pose.rotationInDegrees = SIMD3(77, 0, 0)
        let pair = PhantomPair(settings, seed: 53)
        // A thousand cells of 300 bytes.
        let result = try register(
            low: pair.low, high: pair.high,
            options: RegistrationOptions(memoryInBytes: 300_000))
        #expect(result.accepted, "\(result.reason ?? "")")
        #expect(pair.cornerError(of: result.transform) < 1.5)
    }

    @Test(.enabled(if: SmallPair.hasTime))
    func `on cells of two voxels finds a turned volume to a fraction of a voxel`() throws {
        var settings = PhantomSettings()
        (settings.lowEdge, settings.highEdge, settings.ratio) = (96, 216, 3)
        settings.pose.rotationInDegrees = SmallPair.turn(seed: 54)
        let pair = PhantomPair(settings, seed: 54)
        // HIGH is as wide as 36 such cells, of 300 bytes each; LOW's eight times as many do not fit.
        let result = try register(
            low: pair.low, high: pair.high,
            options: RegistrationOptions(memoryInBytes: 15_000_000))
        #expect(result.accepted, "\(result.reason ?? "")")
        #expect(pair.cornerError(of: result.transform) < 0.2)
    }
}
