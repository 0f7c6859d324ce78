public import PoreNetwork
public import Volumes

/// How a scan becomes pores and solid.
public struct SegmentationSettings: Codable, Sendable, Hashable {
    /// Where pore and solid part.
    public enum Threshold: Sendable, Hashable {
        /// The grey value of Otsu's method on the denoised voxels in view.
        case otsu
        /// A grey value of the scan; voxels above it are the brighter phase.
        case fixed(Double)
        /// Grey values between more phases than two; the first parts pore from all others.
        case phases(PhaseThresholds)
        /// The grey values between these phases by Otsu's method for several classes.
        case otsuPhases(PhaseNames)

        /// Whether it is found in the grey values.
        var isFound: Bool {
            switch self {
            case .otsu, .otsuPhases: true
            case .fixed, .phases: false
            }
        }
    }

    /// Which of the two phases is pore space.
    public enum PorePhase: String, Codable, Sendable {
        /// At or below the threshold, as in scans by absorption.
        case darker
        /// Above the threshold.
        case brighter
    }

    /// Which flaws are taken out of the grey values before that; `nil` for none.
    public let corrections: CorrectionSettings?
    /// What is done to the grey values before they are parted.
    public let denoising: Denoising
    /// Where the phases part.
    public let threshold: Threshold
    /// Whether the boundary is then moved to where the edge is; `nil` leaves it at the threshold.
    public let watershed: GradientWatershed?
    /// Which phase is pore.
    public let porePhase: PorePhase
    /// What parts pores from each other; `nil` for prominence.
    public let partition: PorePartition?
    /// How much farther from the solid, in voxels, the middle of a pore is than the widest throat to
    /// a larger pore; lesser differences do not part two pores. A distance between voxel centres is
    /// off by up to half a voxel, so a difference of two is noise below one voxel, the usual value.
    public let prominenceInVoxels: Double
    /// Which specks are taken out of the mask; `nil` keeps every voxel as it was parted.
    public let cleanUp: CleanUp?

    /// Settings for a scan by absorption unless told otherwise.
    public init(
        denoising: Denoising = .median3, threshold: Threshold = .otsu,
        porePhase: PorePhase = .darker, prominenceInVoxels: Double = 1, cleanUp: CleanUp? = nil,
        corrections: CorrectionSettings? = nil, watershed: GradientWatershed? = nil,
        partition: PorePartition? = nil
    ) {
        self.partition = partition
        self.denoising = denoising
        self.threshold = threshold
        self.porePhase = porePhase
        self.prominenceInVoxels = prominenceInVoxels
        self.cleanUp = cleanUp
        self.corrections = corrections
        self.watershed = watershed
    }

    /// Bytes needed to segment a scan in memory: the scan itself and what the kernels take beside it.
    public func memory(for shape: Shape, of type: ElementType) -> Int {
        var perVoxel = 2 * type.byteCount + 16
        if corrections != nil { perVoxel += type.byteCount }
        switch denoising {
        case .none, .median3: break
        // Both reckon in single precision.
        case .nonLocalMeans, .anisotropicDiffusion: perVoxel += 12
        }
        switch threshold {
        case .otsu, .fixed: break
        case .phases, .otsuPhases: perVoxel += 1
        }
        return shape.count * perVoxel
    }

    enum CodingKeys: String, CodingKey {
        case corrections, denoising, threshold, watershed
        case porePhase = "pore_phase"
        case prominenceInVoxels = "prominence_in_voxels"
        case cleanUp = "clean_up"
        case partition = "pore_rule"
    }
}

extension SegmentationSettings.Threshold: Codable {
    /// Reads `"otsu"`, a number, ``PhaseThresholds`` or ``PhaseNames``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
            self = .fixed(value)
        } else if let thresholds = try? container.decode(PhaseThresholds.self) {
            self = .phases(thresholds)
        } else if let names = try? container.decode(PhaseNames.self) {
            self = .otsuPhases(names)
        } else if (try? container.decode(String.self)) == "otsu" {
            self = .otsu
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "a threshold is \"otsu\", a grey value, or grey values by phase")
        }
    }

    /// Writes what ``init(from:)`` reads.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .otsu: try container.encode("otsu")
        case .fixed(let value): try container.encode(value)
        case .phases(let thresholds): try container.encode(thresholds)
        case .otsuPhases(let names): try container.encode(names)
        }
    }
}
