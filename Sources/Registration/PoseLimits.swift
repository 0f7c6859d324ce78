import Foundation
import Volumes

/// Which poses a user allows.
struct PoseLimits: Sendable {
    let options: RegistrationOptions
    /// The middle of HIGH, in um of HIGH.
    let middle: SIMD3<Double>
    /// HIGH's corners, in um of HIGH.
    let corners: [SIMD3<Double>]
    let isImage: Bool

    init(_ options: RegistrationOptions, grids: GridPair, corners: [SIMD3<Double>]) {
        self.options = options
        self.corners = corners
        middle = grids.highExtents * grids.highVoxel / 2
        isImage = grids.isImage
    }

    /// The scales that are searched.
    var scales: ClosedRange<Double> {
        (1 - options.scaleTolerance)...(1 + options.scaleTolerance)
    }

    /// Whether a pose lies where HIGH may lie, mirrored or not: a mirror image is reported, not lost.
    func allows(_ pose: SpatialTransform, isMirrored: Bool) -> Bool {
        if let initial = options.initialAlignment {
            let apart = pose(middle) - initial.transform(middle)
            for axis in (isImage ? 1 : 0)..<3
            where abs(apart[axis]) > initial.uncertaintyInMicrometres { return false }
            let turn = pose.after(initial.transform.inverse)
            if initial.transform.isMirror == isMirrored,
                turn.turnInDegrees > initial.uncertaintyInDegrees
            {
                return false
            }
        }
        switch options.rotation {
        case .any: return true
        case .atMost(let degrees): return pose.turnInDegrees <= degrees
        case .aboutZ(let tilt):
            let rows = pose.linear
            let up = SIMD3(rows[0][0], rows[1][0], rows[2][0])
            let cosine = abs(up[0]) / (up * up).sum().squareRoot()
            return acos(min(1, cosine)) * 180 / .pi <= tilt
                && (isMirrored || up[0] > 0)
        }
    }
}

extension SpatialTransform {
    /// Whether the map turns a right hand into a left one.
    var isMirror: Bool { scale < 0 }

    /// The angle of the rotation nearest to a similarity, without what it mirrors, in degrees.
    var turnInDegrees: Double { rotationInDegrees.length }
}
