import Networks
import Testing
import Torch
import VolumeFiles
import Volumes

@testable import Upscaling

@Suite struct `A network of several slices` {
    /// A network that sees three slices and makes some of them.
    private func deep(_ scale: Int, made: Int) -> NetworkDescription {
        var edsr = EDSRDescription.medium(scale: scale, channels: 3)
        (edsr.features, edsr.blocks, edsr.range, edsr.outputs) = (4, 2, 1, made)
        return .edsr(edsr)
    }

    /// What the network makes of three images, without any code of this room.
    private func made(
        _ network: any SuperResolutionNetwork, of images: [[Float]], height: Int, width: Int
    ) throws -> [Float] {
        try Scope.inference {
            let input = try Tensor(images.flatMap(\.self), shape: [1, 3, height, width])
            return try network(input, training: false).floats()
        }
    }

    private func slice(_ z: Int, of volume: Volume<Float>) -> [Float] {
        let count = volume.shape.sliceCount
        return Array(volume.array[(z * count)..<((z + 1) * count)])
    }

    @Test(arguments: [1, 2, 3], [1000, 9])
    func `is shown each slice with its neighbours`(spacing: Int, tile: Int) throws {
        let description = deep(2, made: 2)
        let network = try SmallNetworks.build(description)
        let volume = noise(Shape(depth: 4 + 2 * spacing, height: 20, width: 24))
        var options = ImageUpscalingOptions()
        (options.tile, options.batch) = (tile, 3)
        let upscaled = try ImageUpscaler(
            network, description, slices: SliceUse(seen: 3, made: 2), options: options
        )(volume, every: spacing)
        let expected = try (0..<4).flatMap { z in
            try made(
                network, of: (0..<3).map { slice(z + $0 * spacing, of: volume) }, height: 20,
                width: 24)
        }
        #expect(upscaled.shape == Shape(depth: 8, height: 40, width: 48))
        let reference = Volume(shape: upscaled.shape, voxels: expected)
        let (largest, range) = difference(reference, upscaled)
        #expect(range > 0.05 && largest < 1e-5 * max(range, 1))
    }

    /// LOW, normalised, at a place along z; beyond its ends the outermost slice goes on. Keys' weights
    /// are written out as the spline of Catmull and Rom.
    private func low(_ volume: Volume<Float>, at position: Double) -> [Float] {
        let base = position.rounded(.down)
        let t = Float(position - base)
        let weights = [
            ((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2,
            ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2,
        ]
        let taps = (0..<4).map { tap in
            slice(min(max(Int(base) - 1 + tap, 0), volume.shape.depth - 1), of: volume)
        }
        return (0..<volume.shape.sliceCount).map { place in
            (0..<4).reduce(Float(0)) { $0 + weights[$1] * taps[$1][place] }
        }
    }

    @Test(arguments: [1, 2])
    func `upscales a scan by what lies about each place`(count: Int) throws {
        let description = deep(2, made: count)
        let network = try SmallNetworks.build(description)
        var fixture = try Fixture(Shape(depth: 21, height: 20, width: 24))
        // A slab of a few slices at a time.
        fixture.options.memoryInBytes = 200_000
        fixture.options.elementType = .float32
        let images = ImageUpscaler(
            network, description, slices: SliceUse(seen: 3, made: count),
            options: fixture.imageOptions)
        let output = fixture.folder.appending("sr.npy")
        var slabs = 0
        _ = try VolumeUpscaler(images, fixture.options).upscale(fixture.reader(), to: output) {
            work, _, _ in if work == .sharpening { slabs += 1 }
        }
        #expect(slabs > 3)
        let result = try openScan(ScanLocation(output)).readAll().volume(as: Float.self)
        let volume = try fixture.reader().readAll().volume(as: UInt16.self)
            .map { (Float($0) - 8000) / 30000 }
        let expected = try (0..<(42 / count)).flatMap { k in
            // One slice is made at its own place, two of a slice as it is.
            let place = count == 1 ? (Double(k) + 0.5) / 2 - 0.5 : Double(k)
            return try made(
                network, of: [-1, 0, 1].map { low(volume, at: place + $0) }, height: 20, width: 24)
        }
        let reference = Volume(
            shape: result.shape, voxels: expected.map { 5000 + $0 * 40_000 })
        #expect(result.shape == Shape(depth: 42, height: 40, width: 48))
        let (largest, range) = difference(reference, result)
        #expect(range > 500 && largest < 1e-4 * range)
    }

    @Test func `that makes more than an image has is refused`() throws {
        let description = deep(2, made: 2)
        let fixture = try Fixture(Shape(depth: 1, height: 20, width: 24))
        let images = ImageUpscaler(
            try SmallNetworks.build(description), description,
            slices: SliceUse(seen: 3, made: 2))
        #expect(throws: UpscalingError.otherSlices(made: 2, wanted: 1)) {
            try VolumeUpscaler(images, fixture.options)
                .upscale(fixture.reader(), to: fixture.folder.appending("sr.npy"))
        }
        #expect(try fixture.names.isEmpty)
    }
}
