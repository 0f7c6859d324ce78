public import Volumes

/// What the report says of one scan.
public struct ScanReport: Sendable {
    /// Which of the two scans of a pair it is.
    public let role: Role
    /// Where it was read from.
    public let path: String
    /// The file format, as in `tiff`.
    public let format: String
    /// The extent in voxels.
    public let shape: Shape
    /// The number format as stored.
    public let elementType: ElementType
    /// The size of a voxel, where known.
    public let voxelSize: VoxelSize?
    /// Where the voxel size was found, as in `scan.log: Image Pixel Size (um)=2.25`.
    public let voxelSizeSource: String?
    /// The intensities between which the scan is normalised.
    public let window: GreyWindow?
    /// Whether the scan was made by a computer from the other one, not by a scanner.
    public let isSynthetic: Bool
    /// What a user should know of it.
    public let notes: [String]

    /// A scan of these facts.
    public init(
        role: Role, path: String, format: String, shape: Shape, elementType: ElementType,
        voxelSize: VoxelSize? = nil, voxelSizeSource: String? = nil, window: GreyWindow? = nil,
        isSynthetic: Bool = false, notes: [String] = []
    ) {
        self.role = role
        self.path = path
        self.format = format
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
        self.voxelSizeSource = voxelSizeSource
        self.window = window
        self.isSynthetic = isSynthetic
        self.notes = notes
    }

    /// The two scans of a pair.
    public enum Role: String, Hashable, Sendable {
        /// The coarse one.
        case low = "LOW"
        /// The fine one.
        case high = "HIGH"
    }
}

/// The part of HIGH that belongs to a sample, where that is not all of it.
public struct RegionReport: Hashable, Sendable {
    /// A box, or a plug along z, in HIGH voxels.
    public let fieldOfView: FieldOfView
    /// The part of a plug's rim that lies in the scan, 0 to 1, where the plug was found; `nil` for what
    /// the manifest gives.
    public let visibleRim: Double?
    /// The part of the voxels beside it that is solid, 0 to 1, where that is more than noise.
    public let solidBeside: Double?

    /// A part of these facts.
    public init(
        _ fieldOfView: FieldOfView, visibleRim: Double? = nil, solidBeside: Double? = nil
    ) {
        self.fieldOfView = fieldOfView
        self.visibleRim = visibleRim
        self.solidBeside = solidBeside
    }
}

/// What the report says of a registration.
public struct RegistrationReport: Sendable {
    /// Whether it can be trusted.
    public let isAccepted: Bool
    /// Why not.
    public let reason: String?
    /// Correlation of both scans after registration, -1 to 1.
    public let correlation: Double?
    /// How far the best position stands out, 0 to 1.
    public let confidence: Double?
    /// The part of HIGH that lies inside LOW, 0 to 1.
    public let overlapFraction: Double?
    /// From HIGH to LOW along z, y and x, in micrometres.
    public let translationInMicrometres: SIMD3<Double>?
    /// The rotation vector along z, y and x, in degrees.
    public let rotationInDegrees: SIMD3<Double>?
    /// Size of HIGH in LOW, 1 where both scanners agree on their voxel sizes.
    public let scale: Double?
    /// Half of the control points are off by less, in micrometres.
    public let medianResidualInMicrometres: Double?
    /// 95 of 100 control points are off by less, in micrometres.
    public let p95ResidualInMicrometres: Double?
    /// How HIGH was taken to differ from LOW in place, as in `similarity`.
    public let model: String?
    /// Whether HIGH is stored as a mirror image.
    public let isMirrored: Bool
    /// What the error at the corners of HIGH stays below in 95 of 100 registrations, in micrometres.
    public let cornerErrorInMicrometres: Double?
    /// The standard deviation of LOW's blur beside its voxel, in micrometres.
    public let blurInMicrometres: Double?
    /// What is known of a drift; `nil` where none was looked for.
    public let drift: Drift?

    /// What is known of a smooth drift between the scans; lengths are in micrometres, and 95 of 100
    /// blocks drift by less.
    public enum Drift: Hashable, Sendable {
        /// The blocks do not show more than noise.
        case notProven
        /// There is one, and the pair has it.
        case left(p95: Double)
        /// There is one, and the pair was made without it.
        case corrected(p95: Double)
    }

    /// A registration of these facts.
    public init(
        isAccepted: Bool, reason: String? = nil, correlation: Double? = nil,
        confidence: Double? = nil, overlapFraction: Double? = nil,
        translationInMicrometres: SIMD3<Double>? = nil, rotationInDegrees: SIMD3<Double>? = nil,
        scale: Double? = nil, medianResidualInMicrometres: Double? = nil,
        p95ResidualInMicrometres: Double? = nil, model: String? = nil, isMirrored: Bool = false,
        cornerErrorInMicrometres: Double? = nil, blurInMicrometres: Double? = nil,
        drift: Drift? = nil
    ) {
        self.isAccepted = isAccepted
        self.reason = reason
        self.correlation = correlation
        self.confidence = confidence
        self.overlapFraction = overlapFraction
        self.translationInMicrometres = translationInMicrometres
        self.rotationInDegrees = rotationInDegrees
        self.scale = scale
        self.medianResidualInMicrometres = medianResidualInMicrometres
        self.p95ResidualInMicrometres = p95ResidualInMicrometres
        self.model = model
        self.isMirrored = isMirrored
        self.cornerErrorInMicrometres = cornerErrorInMicrometres
        self.blurInMicrometres = blurInMicrometres
        self.drift = drift
    }
}

/// What the report says of a pair.
public struct PairReport: Hashable, Sendable {
    /// The extent on the LOW lattice, in LOW voxels.
    public let lowShape: Shape
    /// HIGH voxels along a LOW voxel.
    public let scale: Int
    /// How the grey values of LOW follow those of HIGH, as in `LOW = 0.55 HIGH + 66`.
    public let greyFit: String?

    /// A pair of these facts.
    public init(lowShape: Shape, scale: Int, greyFit: String? = nil) {
        self.lowShape = lowShape
        self.scale = scale
        self.greyFit = greyFit
    }
}

/// What the report says of a segmentation.
public struct SegmentationReport: Hashable, Sendable {
    /// What was done, step by step.
    public let method: String
    /// The thresholds, rising, in the intensities of HIGH.
    public let thresholds: [Double]
    /// The part of all voxels that is pore, 0 to 1.
    public let porosity: Double
    /// Pores after the watershed, where they were counted.
    public let pores: Int?

    /// A segmentation of these facts.
    public init(method: String, thresholds: [Double], porosity: Double, pores: Int? = nil) {
        self.method = method
        self.thresholds = thresholds
        self.porosity = porosity
        self.pores = pores
    }
}

/// One value of one parameter of a sample.
public struct ParameterReport: Hashable, Sendable {
    /// The parameter, as in `permeability`. Values of one name and axis are shown together.
    public let name: String
    /// The axis it was measured along, as in `z`.
    public let axis: String?
    /// The value.
    public let value: Double
    /// Its unit; empty for a plain number.
    public let unit: String
    /// How sure it is, in the same unit.
    public let uncertainty: Double?
    /// Where it comes from.
    public let source: Source
    /// How it was measured or computed.
    public let method: String?
    /// Whether this value is the one that the catalog's view gives for the parameter.
    public let isUsed: Bool
    /// Of a computed value beside a laboratory's: how far it lies from that, in the same unit.
    public let difference: Double?

    /// A value of these facts.
    public init(
        name: String, axis: String? = nil, value: Double, unit: String,
        uncertainty: Double? = nil, source: Source, method: String? = nil, isUsed: Bool,
        difference: Double? = nil
    ) {
        self.name = name
        self.axis = axis
        self.value = value
        self.unit = unit
        self.uncertainty = uncertainty
        self.source = source
        self.method = method
        self.isUsed = isUsed
        self.difference = difference
    }

    /// The origins of a parameter.
    public enum Source: String, Hashable, Sendable {
        /// Measured in the laboratory, given by the user.
        case laboratory
        /// Computed from the mask.
        case computed
    }
}

/// A parameter or curve that was looked for in vain.
public struct ParameterGapReport: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The axis, where it has one.
    public let axis: String?
    /// Why there is none.
    public let reason: String

    /// A gap and its reason.
    public init(name: String, axis: String? = nil, reason: String) {
        self.name = name
        self.axis = axis
        self.reason = reason
    }
}
