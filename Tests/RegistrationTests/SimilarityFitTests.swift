import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `The similarity through points` {
    typealias Points = [(from: SIMD3<Double>, to: SIMD3<Double>)]

    /// A similarity, mirrored or not, of space or of the plane of y and x.
    static func pose(
        isMirrored: Bool, isImage: Bool, using generator: inout SplitMix64
    ) -> SpatialTransform {
        var axis = SIMD3<Double>.random(in: -1...1, using: &generator)
        if isImage { axis = SIMD3(1, 0, 0) }
        let angle = Double.random(in: -179...179, using: &generator)
        let scale = Double.random(in: 0.8...1.2, using: &generator)
        var shift = SIMD3<Double>.random(in: -500...500, using: &generator)
        if isImage { shift[0] = 0 }
        let turn = SpatialTransform(
            rotationInDegrees: axis / axis.length * angle, scale: scale, translation: shift)
        var linear = turn.linear
        if isImage { linear[0] = SIMD3(1, 0, 0) }
        if isMirrored { linear = linear.map { $0 * SIMD3(1, 1, -1) } }
        return SpatialTransform(linear: linear, translation: shift)
    }

    static func points(
        _ count: Int, isImage: Bool, using generator: inout SplitMix64
    ) -> [SIMD3<Double>] {
        (0..<count).map { _ in
            var point = SIMD3<Double>.random(in: 0...300, using: &generator)
            if isImage { point[0] = 0 }
            return point
        }
    }

    /// The largest difference of two maps, over a box of 300.
    static func apart(_ a: SpatialTransform, _ b: SpatialTransform) -> Double {
        (0..<8).map {
            let corner = SIMD3(Double($0 & 1), Double(($0 >> 1) & 1), Double($0 >> 2)) * 300
            return (a(corner) - b(corner)).length
        }.max() ?? 0
    }

    @Test(arguments: [3, 4, 20], UInt64(0)..<10)
    func `is found exactly in space`(count: Int, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for isMirrored in [false, true] {
            let truth = Self.pose(isMirrored: isMirrored, isImage: false, using: &generator)
            let pairs: Points = Self.points(count, isImage: false, using: &generator).map {
                ($0, truth($0))
            }
            let found = try #require(
                SpatialTransform.similarity(from: pairs, isMirrored: isMirrored, isImage: false))
            // Eigenvalues are known to 1e-15 of distances squared, and threes may be flat.
            #expect(Self.apart(found, truth) < 1e-7)
            #expect(found.isMirror == isMirrored)
        }
    }

    @Test(arguments: [2, 3, 20], UInt64(0)..<10)
    func `is found exactly in the plane`(count: Int, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for isMirrored in [false, true] {
            let truth = Self.pose(isMirrored: isMirrored, isImage: true, using: &generator)
            let pairs: Points = Self.points(count, isImage: true, using: &generator).map {
                ($0, truth($0))
            }
            let found = try #require(
                SpatialTransform.similarity(from: pairs, isMirrored: isMirrored, isImage: true))
            #expect(Self.apart(found, truth) < 1e-8)
            #expect(found.linear[0] == SIMD3(1, 0, 0) && found.translation[0] == 0)
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `is nearest to points that are off, whichever way it is changed`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let isMirrored = seed % 2 == 1
        let truth = Self.pose(isMirrored: isMirrored, isImage: false, using: &generator)
        let pairs: Points = Self.points(12, isImage: false, using: &generator).map {
            ($0, truth($0) + SIMD3<Double>.random(in: -20...20, using: &generator))
        }
        let found = try #require(
            SpatialTransform.similarity(from: pairs, isMirrored: isMirrored, isImage: false))
        func squares(_ pose: SpatialTransform) -> Double {
            pairs.reduce(0) {
                let apart = pose($1.from) - $1.to
                return $0 + (apart * apart).sum()
            }
        }
        let least = squares(found)
        for _ in 0..<100 {
            // Turns of up to a degree, growth of a hundredth, shifts of an um, all about a point.
            let turn = SpatialTransform(
                rotationInDegrees: .random(in: -1...1, using: &generator),
                scale: .random(in: 0.99...1.01, using: &generator),
                translation: .random(in: -1...1, using: &generator))
            let place = SpatialTransform(translation: found(pairs[0].from))
            let other = place.after(turn).after(place.inverse).after(found)
            #expect(squares(other) > least)
        }
    }

    @Test func `is open for points on a line, in one place, or too few`() {
        func similarity(_ points: [SIMD3<Double>], isImage: Bool = false) -> SpatialTransform? {
            SpatialTransform.similarity(
                from: points.map { ($0, $0 * 1.1 + 5) }, isMirrored: false, isImage: isImage)
        }
        let line = (0..<6).map { SIMD3(1, 2, -3) * Double($0) + SIMD3(40, 50, 60) }
        #expect(similarity(line) == nil)
        #expect(similarity([SIMD3](repeating: SIMD3(3, 4, 5), count: 5)) == nil)
        #expect(similarity([SIMD3(3, 4, 5), SIMD3(8, 1, 2)]) == nil)
        #expect(similarity([SIMD3(0, 4, 5)], isImage: true) == nil)
        #expect(similarity([SIMD3](repeating: SIMD3(0, 4, 5), count: 3), isImage: true) == nil)
        // In the plane two points are enough.
        #expect(similarity([SIMD3(0, 4, 5), SIMD3(0, 1, 2)], isImage: true) != nil)
    }
}
