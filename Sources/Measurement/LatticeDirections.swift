/// The thirteen directions between neighbouring voxels, and what part of all directions each stands
/// for.
struct LatticeDirections: Sendable {
    /// Steps along z, y and x from a voxel to a neighbour that comes later in storage order: three
    /// along edges, six across faces, four through the body of a voxel.
    static let steps: [SIMD3<Int>] = [
        SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1),
        SIMD3(0, 1, 1), SIMD3(0, 1, -1), SIMD3(1, 0, 1), SIMD3(1, 0, -1), SIMD3(1, 1, 0),
        SIMD3(1, -1, 0),
        SIMD3(1, 1, 1), SIMD3(1, 1, -1), SIMD3(1, -1, 1), SIMD3(1, -1, -1),
    ]

    /// The length of each step.
    let lengths: [Double]
    /// The part of the sphere, or of the circle in an image, that is nearer to each direction than to
    /// any other; they sum to 1.
    let shares: [Double]

    /// The directions on voxels of these edges (z, y, x); those of an image leave out z.
    init(edges: SIMD3<Double>, inPlane: Bool) {
        let vectors = LatticeDirections.steps.map { SIMD3<Double>($0) * edges }
        lengths = vectors.map(length)
        if inPlane {
            let flat = vectors.indices.filter { LatticeDirections.steps[$0].x == 0 }
            var shares = [Double](repeating: 0, count: vectors.count)
            for (index, share) in zip(flat, circleShares(flat.map { vectors[$0] })) {
                shares[index] = share
            }
            self.shares = shares
        } else {
            shares = sphereShares(vectors)
        }
    }
}

func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

func length(_ vector: SIMD3<Double>) -> Double { dot(vector, vector).squareRoot() }

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func normalised(_ vector: SIMD3<Double>) -> SIMD3<Double> { vector / length(vector) }
