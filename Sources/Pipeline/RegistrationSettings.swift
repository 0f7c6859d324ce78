import Manifest
import Registration
import Volumes

/// What a user says of how HIGH lies in LOW, in the pipeline's own terms; part of the stage's key.
struct RegistrationSettings: Hashable, Sendable, Encodable {
    /// Where HIGH roughly lies.
    struct Alignment: Hashable, Sendable, Encodable {
        let transform: SpatialTransform
        /// How far from there the middle of HIGH may lie, in um; four LOW voxels if `nil`.
        let uncertaintyInMicrometres: Double?
        let uncertaintyInDegrees: Double
    }

    let alignment: Alignment?
    /// How HIGH may differ in place; a shift or a similarity if `nil`.
    let model: RegistrationOptions.Model?
    /// The largest turn about any axis.
    let rotationInDegrees: Double?
    /// The largest tilt of a plug that stands upright.
    let tiltInDegrees: Double?
    let isMirrored: Bool
    let minimumOverlap: Double
    /// Whether a proven drift is taken out of the pair.
    let correctsDrift: Bool

    /// A sample that was not taken out between its scans is not turned by more, in degrees.
    private static let stillInDegrees = 5.0

    init(_ entry: RegistrationEntry, alignment: StartingAlignment?) {
        self.alignment = alignment.map {
            Alignment(
                transform: $0.transform, uncertaintyInMicrometres: $0.uncertaintyInMicrometres,
                uncertaintyInDegrees: $0.uncertaintyInDegrees)
        }
        model =
            switch entry.model {
            case .automatic: nil
            case .shift: .shift
            case .similarity: .similarity
            case .affine: .affine
            }
        (rotationInDegrees, tiltInDegrees) =
            switch entry.rotation {
            case .any: (nil, nil)
            // A mirror image may be flipped along any axis, and two flips are half a turn.
            case .none where entry.isMirrored: (nil, Self.stillInDegrees)
            case .none: (Self.stillInDegrees, nil)
            case .upright(let tilt): (nil, tilt)
            }
        isMirrored = entry.isMirrored
        minimumOverlap = entry.minimumOverlap
        correctsDrift = entry.drift == .correct
    }

    /// What the search is told.
    func options(lowVoxel: VoxelSize, memoryInBytes: Int) -> RegistrationOptions {
        RegistrationOptions(
            model: model,
            initialAlignment: alignment.map {
                InitialAlignment(
                    transform: $0.transform,
                    uncertaintyInMicrometres: $0.uncertaintyInMicrometres
                        ?? 4 * lowVoxel.meanEdgeInMicrometres,
                    uncertaintyInDegrees: $0.uncertaintyInDegrees)
            },
            rotation: rotationInDegrees.map { .atMost(degrees: $0) }
                ?? tiltInDegrees.map { .aboutZ(tiltInDegrees: $0) } ?? .any,
            isMirrored: isMirrored, minimumOverlap: minimumOverlap, memoryInBytes: memoryInBytes)
    }
}
