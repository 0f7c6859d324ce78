import Networks
import Testing
import Torch
import Volumes

@testable import Upscaling

@Suite struct `An image in tiles` {
    static let networks: [NetworkDescription] =
        [2, 4, 5].flatMap { scale in
            [
                SmallNetworks.edsr(scale), SmallNetworks.rrdb(scale),
                SmallNetworks.srcnn(scale, .replicate), SmallNetworks.srcnn(scale, .zeros),
                SmallNetworks.unet(scale), SmallNetworks.unet(scale, .behind),
                SmallNetworks.unet(scale, .before, .batch),
            ]
        } + [SmallNetworks.rrdb(1), SmallNetworks.edsr(3)]

    @Test(arguments: networks)
    func `is what the whole image gives in one call`(description: NetworkDescription) throws {
        let network = try SmallNetworks.build(description)
        // A multiple of all that the networks take, so that nothing is laid around the image.
        let image = noise(Shape(depth: 1, height: 52, width: 64))
        let whole = try direct(network, image)
        for (edge, batch) in [(8, 1), (13, 4), (24, 3), (100, 1)] {
            var options = ImageUpscalingOptions()
            (options.tile, options.batch) = (edge, batch)
            let tiled = try ImageUpscaler(network, description, options: options)(image)
            #expect(tiled.shape.height == 52 * network.scale)
            let expected = Volume(shape: tiled.shape, voxels: whole)
            let (largest, range) = difference(expected, tiled)
            #expect(range > 0.05)
            #expect(largest < 1e-5 * max(range, 1), "tiles of \(edge)")
        }
    }

    @Test(arguments: [
        SmallNetworks.unet(2), SmallNetworks.unet(5, .behind), SmallNetworks.rrdb(2),
        SmallNetworks.rrdb(1), SmallNetworks.srcnn(2, .valid), SmallNetworks.srcnn(5, .valid),
        SmallNetworks.srcnn(4, .valid, kernels: [9, 5, 5]),
        SmallNetworks.srcnn(2, .replicateTwo, kernels: [9, 3, 5]),
        SmallNetworks.srcnn(2, .replicateTwo, kernels: [3, 1, 3]),
    ])
    func `of any size has the size and values of the whole`(
        description: NetworkDescription
    ) throws {
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 2, height: 37, width: 45))
        var options = ImageUpscalingOptions()
        options.tile = 1000
        let whole = try ImageUpscaler(network, description, options: options)(image)
        #expect(
            whole.shape == Shape(depth: 2, height: 37 * network.scale, width: 45 * network.scale))
        for edge in [7, 16, 31] {
            options.tile = edge
            let tiled = try ImageUpscaler(network, description, options: options)(image)
            let (largest, range) = difference(whole, tiled)
            #expect(largest < 1e-5 * max(range, 1), "tiles of \(edge)")
        }
    }

    @Test func `keeps every pixel in its place where a margin is lost`() throws {
        let description = SmallNetworks.srcnn(2, .valid)
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 30, width: 34))
        let valid = try direct(network, image)
        let upscaled = try ImageUpscaler(network, description)(image)
        // The network alone leaves six HIGH pixels off each side; a bicubic enlargement that saw the
        // repeated border differs by another three LOW pixels.
        for y in 12..<48 {
            for x in 12..<56 {
                #expect(abs(upscaled[0, y, x] - valid[(y - 6) * 56 + x - 6]) < 1e-5)
            }
        }
    }

    @Test func `of a colour network is the mean of its channels`() throws {
        let description = SmallNetworks.edsr(2, channels: 3)
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 20, width: 24))
        var options = ImageUpscalingOptions()
        options.tile = 9
        let upscaled = try ImageUpscaler(network, description, options: options)(image)
        let expected = Volume(
            shape: upscaled.shape, voxels: try direct(network, image, channels: 3))
        #expect(difference(expected, upscaled).largest < 1e-5)
    }

    @Test func `comes out the same with the channels side by side`() throws {
        let description = SmallNetworks.edsr(4)
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 20, width: 24))
        var options = ImageUpscalingOptions()
        let usual = try ImageUpscaler(network, description, options: options)(image)
        options.isChannelsLast = true
        let other = try ImageUpscaler(network, description, options: options)(image)
        #expect(difference(usual, other).largest < 1e-5)
    }

    @Test func `comes out nearly the same in half precision`() throws {
        let description = SmallNetworks.edsr(2)
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 20, width: 24))
        var options = ImageUpscalingOptions()
        let single = try ImageUpscaler(network, description, options: options)(image)
        options.autocast = .bfloat16
        let half = try ImageUpscaler(network, description, options: options)(image)
        let (largest, range) = difference(single, half)
        #expect(largest > 0)
        #expect(largest < 0.05 * max(range, 1))
    }

    @Test func `asks before every batch whether to go on`() throws {
        struct Stop: Error {}
        let description = SmallNetworks.edsr(2)
        var options = ImageUpscalingOptions()
        options.tile = 10
        let upscaler = try ImageUpscaler(
            SmallNetworks.build(description), description, options: options)
        var asked = 0
        #expect(throws: Stop.self) {
            _ = try upscaler(noise(Shape(depth: 1, height: 40, width: 40))) {
                asked += 1
                if asked == 5 { throw Stop() }
            }
        }
        #expect(asked == 5)
    }
}

@Suite struct `A network that looks at the whole image` {
    static func upscaler(memory: Int, tile: Int? = nil) throws -> ImageUpscaler {
        let description = SmallNetworks.unet(2, .before, .instance)
        var options = ImageUpscalingOptions()
        (options.memoryInBytes, options.tile) = (memory, tile)
        return try ImageUpscaler(
            SmallNetworks.build(description), description, options: options)
    }

    @Test func `gets all of it`() throws {
        let upscaler = try Self.upscaler(memory: 1 << 30)
        let image = noise(Shape(depth: 1, height: 40, width: 48))
        let expected = try direct(upscaler.network, image)
        let result = try upscaler(image)
        #expect(difference(Volume(shape: result.shape, voxels: expected), result).largest < 1e-5)
    }

    @Test func `refuses an image that is too large for the memory`() throws {
        let upscaler = try Self.upscaler(memory: 1 << 16)
        #expect {
            _ = try upscaler(noise(Shape(depth: 1, height: 400, width: 400)))
        } throws: { error in
            guard case .imageTooLarge(400, 400, let needed, let given)? = error as? UpscalingError
            else { return false }
            return needed > given && "\(error)".contains("give more memory")
        }
    }

    @Test func `refuses to be cut into tiles`() throws {
        #expect(throws: UpscalingError.cannotBeTiled) {
            _ = try Self.upscaler(memory: 1 << 30, tile: 16)(
                noise(Shape(depth: 1, height: 40, width: 48)))
        }
    }
}

@Suite struct `The memory for a tile` {
    @Test(arguments: [SmallNetworks.edsr(4), SmallNetworks.unet(2), SmallNetworks.srcnn(2, .valid)])
    func `is never more than what was given, and used`(description: NetworkDescription) throws {
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 300, width: 200))
        for memory in [4 << 20, 6 << 20, 10 << 20] {
            var options = ImageUpscalingOptions()
            options.memoryInBytes = memory
            let upscaler = ImageUpscaler(network, description, options: options)
            let tiles = try upscaler.tiles(height: 300, width: 200)
            #expect(tiles.edge < 300)
            let peak = try Scope.peakBytes(on: .cpu) { _ = try upscaler(image, tiles: tiles) }
            #expect(peak <= memory, "tiles of \(tiles.edge)")
            #expect(peak > memory / 4, "tiles of \(tiles.edge)")
        }
    }

    @Test func `is given to the whole image where it fits`() throws {
        let description = SmallNetworks.edsr(4)
        let upscaler = try ImageUpscaler(SmallNetworks.build(description), description)
        #expect(try upscaler.tiles(height: 10, width: 12).edge == 12)
        #expect(try upscaler.tiles(height: 400, width: 300).edge == 400)
    }

    @Test func `has to hold the smallest tile`() throws {
        let description = SmallNetworks.edsr(4)
        var options = ImageUpscalingOptions()
        options.memoryInBytes = 1000
        let upscaler = try ImageUpscaler(
            SmallNetworks.build(description), description, options: options)
        #expect {
            _ = try upscaler.tiles(height: 3000, width: 2000)
        } throws: { error in
            guard case .memoryTooSmall? = error as? UpscalingError else { return false }
            return true
        }
    }
}

@Suite struct `The eight orientations` {
    @Test func `are all different and turned back by their inverse`() {
        let image = noise(Shape(depth: 2, height: 5, width: 7))
        var seen: Set<[Float]> = []
        for orientation in Orientation.all {
            let turned = orientation(image)
            seen.insert(turned.array + [Float(turned.shape.width)])
            #expect(orientation.inverse(turned) == image)
        }
        #expect(seen.count == 8)
    }

    @Test func `make the result follow the image when it is turned`() throws {
        let description = SmallNetworks.unet(2)
        var options = ImageUpscalingOptions()
        options.isEnsemble = true
        options.tile = 12
        let upscaler = try ImageUpscaler(
            SmallNetworks.build(description), description, options: options)
        let image = noise(Shape(depth: 1, height: 24, width: 32))
        let result = try upscaler(image)
        for orientation in Orientation.all {
            let turned = try upscaler(orientation(image))
            let (largest, range) = difference(orientation(result), turned)
            #expect(largest < 1e-5 * max(range, 1))
        }
    }

    @Test func `give the mean and the deviation of their eight results`() throws {
        let description = SmallNetworks.edsr(2)
        let network = try SmallNetworks.build(description)
        let image = noise(Shape(depth: 1, height: 16, width: 12))
        let (mean, deviation) = try ImageUpscaler(network, description).ensemble(image)
        let results = try Orientation.all.map { orientation in
            let turned = orientation(image)
            let shape = Shape(
                depth: 1, height: turned.shape.height * 2, width: turned.shape.width * 2)
            return orientation.inverse(
                Volume(shape: shape, voxels: try direct(network, turned)))
        }
        for index in mean.array.indices {
            let values = results.map { Double($0.array[index]) }
            let average = values.reduce(0, +) / 8
            let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 8
            #expect(abs(Double(mean.array[index]) - average) < 1e-5)
            #expect(abs(Double(deviation.array[index]) - variance.squareRoot()) < 1e-5)
        }
        #expect((deviation.array.max() ?? 0) > 1e-3)
    }
}
