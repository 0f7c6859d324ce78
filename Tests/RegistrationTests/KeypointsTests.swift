import Randomness
import TestSupport
import Testing
import Volumes

@testable import Registration

@Suite struct `Places that can be recognised` {
    /// A rock seen twice in voxels of 8 um, the second time turned, as `pose` has it, about the
    /// middle: the second scan, and what takes its points to the first.
    static func scans(
        _ pose: PhantomPose, edge: Int, isImage: Bool = false, seed: UInt64
    ) -> (first: Volume<Float>, second: Volume<Float>, transform: SpatialTransform) {
        let voxel = 8.0
        let field = GrainField(
            GrainSettings(diameter: 6 * voxel), seed: seed, isImage: isImage)
        let shape = Shape(depth: isImage ? 1 : edge, height: edge, width: edge)
        var middle = SIMD3(repeating: voxel * Double(edge) / 2)
        if isImage { middle[0] = 0 }
        let transform = pose.transform(translation: middle - pose.transform()(middle))
        func scan(_ toField: SpatialTransform) -> Volume<Float> {
            field.render(
                shape: shape, voxelEdge: voxel, toField: toField, gaussianBlurInVoxels: 0.5,
                supersampling: 2)
        }
        return (scan(.identity), scan(transform), transform)
    }

    static func places(_ scan: Volume<Float>) -> Keypoints {
        Keypoints(
            scan, cell: SIMD3(repeating: 8), origin: SIMD3(), sigma: 1.2,
            density: scan.shape.isImage ? 0.02 : 0.0035)
    }

    static let poses = [
        PhantomPose(rotationInDegrees: SIMD3(33, -20, 71)),
        PhantomPose(rotationInDegrees: SIMD3(0, 90, 0)),
        PhantomPose(rotationInDegrees: SIMD3(-14, 100, 25), isMirrored: true),
    ]

    @Test(arguments: 0..<3)
    func `move with the rock`(index: Int) {
        let scans = Self.scans(Self.poses[index], edge: 44, seed: 4)
        let first = Self.places(scans.first)
        let second = Self.places(scans.second)
        #expect(first.count > 100 && second.count > 100)
        // Those of the second scan that lie in the first one's middle.
        let moved = second.positions.indices.filter { place in
            let point = scans.transform(second.positions[place])
            return point.min() > 96 && point.max() < 44 * 8 - 96
        }
        #expect(moved.count > 20)
        let found = moved.filter { place in
            let point = scans.transform(second.positions[place])
            return first.positions.indices.contains {
                first.isBright[$0] == second.isBright[place]
                    && (first.positions[$0] - point).length < 4
            }
        }
        // Half a voxel; by chance one in a thousand would have such a neighbour.
        #expect(Double(found.count) > 0.6 * Double(moved.count), "\(found.count) of \(moved.count)")
    }

    @Test(arguments: 0..<3)
    func `find their partners by what lies around them`(index: Int) {
        let scans = Self.scans(Self.poses[index], edge: 44, seed: 5)
        let first = Self.places(scans.first)
        let matches = Self.places(scans.second).matches(in: first, partners: 1)
        let right = matches.filter { (scans.transform($0.from) - $0.to).length < 8 }
        // Chance finds one in a hundred.
        #expect(matches.count > 100)
        #expect(
            Double(right.count) > 0.15 * Double(matches.count),
            "\(right.count) of \(matches.count)")
        // What is called safe is right more often.
        let sorted = matches.sorted { $0.doubt < $1.doubt }
        let safe = sorted.prefix(matches.count / 4)
        let safeRight = safe.count { (scans.transform($0.from) - $0.to).length < 8 }
        let share = Double(right.count) / Double(matches.count)
        #expect(
            Double(safeRight) / Double(safe.count) > min(0.95, 1.3 * share),
            "\(safeRight) of \(safe.count)")
    }

    @Test(arguments: [(67.0, false), (-158, true)])
    func `of an image find their partners, too`(degrees: Double, isMirrored: Bool) {
        let pose = PhantomPose(
            rotationInDegrees: SIMD3(degrees, 0, 0), isMirrored: isMirrored)
        let scans = Self.scans(pose, edge: 120, isImage: true, seed: 6)
        let first = Self.places(scans.first)
        let matches = Self.places(scans.second).matches(in: first, partners: 1)
        let right = matches.filter { (scans.transform($0.from) - $0.to).length < 8 }
        #expect(matches.count > 60)
        #expect(
            Double(right.count) > 0.1 * Double(matches.count),
            "\(right.count) of \(matches.count)")
    }

    @Test func `of another rock have no partners but by chance`() {
        let pose = PhantomPose(rotationInDegrees: SIMD3(33, -20, 71))
        let one = Self.scans(pose, edge: 44, seed: 5)
        let other = Self.scans(pose, edge: 44, seed: 1005)
        let matches = Self.places(other.second).matches(in: Self.places(one.first), partners: 1)
        let near = matches.count { (one.transform($0.from) - $0.to).length < 8 }
        #expect(Double(near) < 0.03 * Double(matches.count), "\(near) of \(matches.count)")
    }

    @Test func `do not depend on brightness and contrast`() {
        let scan = Self.scans(PhantomPose(), edge: 32, seed: 7).first
        // In flat grains nothing but rounding stands out, so only the clearest places are compared.
        func places(_ scan: Volume<Float>) -> Keypoints {
            Keypoints(
                scan, cell: SIMD3(repeating: 8), origin: SIMD3(), sigma: 1.2, density: 0.0008)
        }
        let plain = places(scan)
        let other = places(scan.map { 9000 + 250 * $0 })
        #expect(plain.count == 27 && other.count == 27)
        // Places that stand out alike may come in another order.
        var found = 0
        for (index, position) in plain.positions.enumerated() {
            guard
                let same = other.positions.firstIndex(where: { ($0 - position).length < 0.1 })
            else { continue }
            let groups = 0..<plain.stride
            let likeness = groups.reduce(Float(0)) {
                $0
                    + (plain.descriptors[index * plain.stride + $1]
                    * other.descriptors[same * other.stride + $1]).sum()
            }
            if likeness > 0.999 { found += 1 }
        }
        #expect(found >= 25, "\(found)")
    }

    @Test func `have descriptions of length one, in whole groups`() {
        let places = Self.places(Self.scans(PhantomPose(), edge: 32, seed: 8).first)
        #expect(places.descriptors.count == places.count * places.stride)
        for index in 0..<places.count {
            let groups = places.descriptors[
                (index * places.stride)..<((index + 1) * places.stride)]
            let length = groups.reduce(Float(0)) { $0 + ($1 * $1).sum() }
            #expect(abs(length - 1) < 1e-4)
        }
    }

    @Test func `lie so deep inside that all around them is seen`() {
        let places = Self.places(Self.scans(PhantomPose(), edge: 32, seed: 8).first)
        for position in places.positions {
            // The widest sphere has a radius of 4.4 times 1.2 cells.
            #expect(position.min() > 8 * 5.28 && position.max() < 8 * (32 - 5.28))
        }
    }
}
