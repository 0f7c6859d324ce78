import Testing
import Volumes

@testable import Upscaling

@Suite struct `The z step` {
    @Test(arguments: [2, 3, 4, 5, 8])
    func `puts the centres of HIGH slices where they lie in the volume`(scale: Int) {
        let step = SliceInterpolation(depth: 12, scale: scale)
        // A ramp whose value is the distance from the volume's corner, in LOW slices.
        let ramp = Volume(
            shape: Shape(depth: 12, height: 2, width: 3),
            voxels: (0..<72).map { Float($0 / 6) + 0.5 })
        let fine = step(0..<step.outputDepth, from: ramp)
        #expect(fine.shape.depth == 12 * scale)
        // The outermost slices see a repeated end, which is no ramp.
        for k in (2 * scale)..<(10 * scale) {
            let expected = (Float(k) + 0.5) / Float(scale)
            #expect(abs(fine[k, 1, 2] - expected) < 1e-5)
        }
        for k in 1..<(12 * scale) { #expect(fine[k, 0, 0] > fine[k - 1, 0, 0] - 0.01) }
    }

    @Test(arguments: [1, 3, 5])
    func `keeps the slices that lie at the same place`(scale: Int) {
        let volume = noise(Shape(depth: 9, height: 3, width: 4))
        let fine = SliceInterpolation(depth: 9, scale: scale)(0..<(9 * scale), from: volume)
        for z in 0..<9 {
            for y in 0..<3 {
                for x in 0..<4 {
                    #expect(fine[z * scale + scale / 2, y, x] == volume[z, y, x])
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 30])
    func `gives every slab what the whole gives`(depth: Int) {
        let volume = noise(Shape(depth: depth, height: 3, width: 4))
        let step = SliceInterpolation(depth: depth, scale: 4)
        let whole = step(0..<step.outputDepth, from: volume)
        for start in stride(from: 0, to: step.outputDepth, by: 5) {
            let slices = start..<min(start + 5, step.outputDepth)
            let needed = step.slicesNeeded(for: slices)
            #expect(needed.lowerBound >= 0 && needed.upperBound <= depth)
            let part = volume.cropped(
                to: Region(
                    z: needed.lowerBound, y: 0, x: 0, shape: volume.shape.withDepth(needed.count)))
            let expected = whole.cropped(
                to: Region(z: start, y: 0, x: 0, shape: volume.shape.withDepth(slices.count)))
            #expect(step(slices, from: part) == expected)
        }
    }

    @Test func `keeps what is constant up to the ends`() {
        let volume = Volume<Float>(shape: Shape(depth: 5, height: 2, width: 2), repeating: 0.7)
        let fine = SliceInterpolation(depth: 5, scale: 5)(0..<25, from: volume)
        for value in fine.array { #expect(abs(value - 0.7) < 1e-6) }
    }

    @Test func `leaves the one slice of an image`() {
        let image = noise(Shape(depth: 1, height: 4, width: 4))
        let step = SliceInterpolation(depth: 1, scale: 4)
        #expect(step.outputDepth == 1)
        #expect(step(0..<1, from: image) == image)
    }
}
