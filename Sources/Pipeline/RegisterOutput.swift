import Registration
import Volumes

/// The result of the register stage.
///
/// What outputs of the first version of the stage do not say is optional, so that they can be read.
struct RegisterOutput: Codable, Sendable {
    /// Takes a point of HIGH, in um, to LOW.
    let matrix: SpatialTransform
    /// The rotation vector (z, y, x) of the matrix, its scale, and where it takes HIGH's corner.
    let rotationInDegrees: SIMD3<Double>?
    let scale: Double?
    let translationInMicrometres: SIMD3<Double>?
    /// How HIGH was taken to differ from LOW in place.
    let model: RegistrationOptions.Model?
    /// Whether HIGH is stored as a mirror image.
    let isMirrored: Bool?
    /// 0...1.
    let confidence: Double
    let accepted: Bool
    /// Why not.
    let reason: String?
    /// The share of HIGH that lies in LOW, 0...1.
    let overlapFraction: Double
    /// Pearson's correlation over the overlap.
    let correlation: Double
    /// Misfits of blocks, in um: half are smaller, 95 of 100 are smaller; `nil` where no block could be
    /// fitted.
    let medianResidual: Double?
    let p95Residual: Double?
    /// What the error at HIGH's corners stays below in 95 of 100 registrations; `nil` where the
    /// transform was known, or nothing is known of the error.
    let cornerErrorInMicrometres: Double?
    /// The standard deviation of LOW's blur, beside its voxel.
    let blurInMicrometres: Double?
    /// How many times the runner-up's score the pose scored.
    let peakRatio: Double?
    /// How the transform was found.
    let method: String
    /// The pair, where the registration was accepted.
    let pair: PairFacts?
    /// What the registration left over, block by block; written with the pair.
    let blocks: [BlockShift]?
    /// What the blocks say of a drift; written with the pair.
    let drift: DriftFacts?

    /// The file of the pair.
    static let pairFileName = "pair.h5"
}

/// A pair on one lattice.
struct PairFacts: Codable, Sendable {
    /// The LOW voxels that HIGH covers.
    let region: Region
    /// Fine voxels along a LOW voxel.
    let scale: Int
    /// The extent of `/high`.
    let highShape: Shape
    /// The edges of a voxel of `/high`, in um; `nil` where lengths are unknown.
    let highVoxelSize: VoxelSize?
    /// How LOW's grey values follow from HIGH's.
    let greyFit: GreyValueFit
}

/// Whether the blocks of a pair prove a smooth drift, and what was done about it.
struct DriftFacts: Codable, Sendable {
    /// What to add to points that the matrix takes to LOW; `nil` unless it is proven.
    let displacement: SmoothDisplacement?
    /// Why there is none.
    let reason: String?
    /// Whether the pair was made with it.
    let isCorrected: Bool
    /// The blocks that were judged.
    let blocks: Int
    /// The figures behind the verdict, where there are some and they are finite; see `DriftReport`.
    let p95InMicrometres: Double?
    let falseAlarmProbability: Double?
    let chiSquareBefore: Double?
    let chiSquareAfter: Double?
    let heldOutChiSquare: Double?
    let freeParameters: Double?
    let noiseInflation: Double?

    init(_ report: DriftReport, isCorrected: Bool) {
        displacement = report.displacement
        reason = report.reason
        self.isCorrected = isCorrected
        blocks = report.blocks
        let evidence = report.evidence
        p95InMicrometres = finite(evidence?.p95InMicrometres)
        falseAlarmProbability = finite(evidence?.falseAlarmProbability)
        chiSquareBefore = finite(evidence?.chiSquareBefore)
        chiSquareAfter = finite(evidence?.chiSquareAfter)
        heldOutChiSquare = finite(evidence?.heldOutChiSquare)
        freeParameters = finite(evidence?.freeParameters)
        noiseInflation = finite(evidence?.noiseInflation)
    }

    /// What a proven drift stays below in 95 of 100 blocks, in um.
    var provenP95InMicrometres: Double? { displacement == nil ? nil : p95InMicrometres }

    /// The drift that the pair was made without.
    var correction: DriftCorrection? { isCorrected ? displacement.map(DriftCorrection.init) : nil }
}

/// The number, unless JSON has no word for it.
func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

extension BlockShift {
    /// Whether all of its numbers are finite.
    var isFinite: Bool {
        let vectors = [position, shift, covariance.variances, covariance.products]
        return vectors.allSatisfy { $0.sum().isFinite } && correlation.isFinite && cells.isFinite
    }
}
