/// What is summed up of one label.
struct RegionSum: Sendable {
    private(set) var voxelCount = 0
    private var positions = SIMD3<Int>.zero
    private var widest = SIMD3<Int>.zero
    private var squaredDistance: UInt32 = 0
    private var solidFaces = 0
    private var touchesBoundary = false

    /// Adds a voxel; voxels come in storage order.
    @inline(__always)
    mutating func add(
        _ position: SIMD3<Int>, squared: UInt32, solidFaces: Int, touchesBoundary: Bool
    ) {
        if voxelCount == 0 || squared > squaredDistance {
            (widest, squaredDistance) = (position, squared)
        }
        voxelCount += 1
        positions &+= position
        self.solidFaces += solidFaces
        if touchesBoundary { self.touchesBoundary = true }
    }

    /// Adds the sum of voxels that follow.
    mutating func add(_ later: RegionSum) {
        if voxelCount == 0 || (later.voxelCount > 0 && later.squaredDistance > squaredDistance) {
            (widest, squaredDistance) = (later.widest, later.squaredDistance)
        }
        voxelCount += later.voxelCount
        positions &+= later.positions
        solidFaces += later.solidFaces
        touchesBoundary = touchesBoundary || later.touchesBoundary
    }

    /// The pore it makes; it has a voxel.
    func pore(label: UInt32, neighbourCount: Int) -> Pore {
        Pore(
            label: label, voxelCount: voxelCount,
            centre: SIMD3<Double>(positions) / Double(voxelCount) + 0.5, widestVoxel: widest,
            inscribedRadius: freeRadius(squaredDistance), solidFaceCount: solidFaces,
            touchesBoundary: touchesBoundary, neighbourCount: neighbourCount)
    }
}

/// What is summed up of the faces between two labels.
struct ContactSum: Sendable {
    let first: UInt32
    let second: UInt32
    private var faces = SIMD3<Int>.zero
    private var forward = SIMD3<Int>.zero
    /// Twice the faces' centres.
    private var centres = SIMD3<Int>.zero
    private var squaredDistance: UInt32 = 0

    init(first: UInt32, second: UInt32) {
        self.first = first
        self.second = second
    }

    /// Adds the face between a voxel and the next along an axis; `isForward` if the voxel is of the
    /// first label.
    mutating func add(faceAfter position: SIMD3<Int>, axis: Int, isForward: Bool, squared: UInt32) {
        faces[axis] += 1
        forward[axis] += isForward ? 1 : -1
        centres &+= 2 &* position &+ 1
        centres[axis] += 1
        squaredDistance = max(squaredDistance, squared)
    }

    /// Adds the sum of other faces.
    mutating func add(_ other: ContactSum) {
        faces &+= other.faces
        forward &+= other.forward
        centres &+= other.centres
        squaredDistance = max(squaredDistance, other.squaredDistance)
    }

    /// The throat it makes; it has a face.
    var throat: Throat {
        Throat(
            first: first, second: second, faceCounts: faces, vectorArea: forward,
            centre: SIMD3<Double>(centres) / Double(2 * faces.wrappedSum()),
            inscribedRadius: freeRadius(squaredDistance))
    }
}

/// The radius of the ball around a voxel's centre that ends half a voxel before the nearest solid
/// voxel's centre.
private func freeRadius(_ squaredDistance: UInt32) -> Double {
    squaredDistance == .max ? .infinity : Double(squaredDistance).squareRoot() - 0.5
}
