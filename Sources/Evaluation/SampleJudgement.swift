public import Dataset
import ImageMetrics
public import Volumes

/// What one sample says of every method.
public struct SampleJudgement: Sendable {
    /// The sample.
    public let sample: SampleID
    /// The extent of HIGH.
    public let highShape: Shape
    /// The HIGH slices that images are compared with: those the network was trained to find, or the
    /// first of those it finds the mean of.
    public let judgedSlices: [Int]
    /// The HIGH voxels left out at each edge of a judged slice.
    public let border: Int
    /// How each method's images compare with HIGH.
    public internal(set) var images: [EnlargingMethod: ImageFigures] = [:]
    /// The thresholds of the sweep; `nil` where the catalog has none of HIGH, and nothing is measured.
    public let thresholds: ThresholdChoice?
    /// What was measured, in the order of the measurements.
    public internal(set) var parameters: [JudgedParameter] = []
    /// HIGH slices of a slab.
    public let slabDepth: Int
    /// How it was judged.
    let settings: EvaluationSettings
    /// HIGH's parameters.
    var high: PoreFigures
    /// Each method's.
    var pores: [EnlargingMethod: PoreFigures] = [:]
    /// What pictures show.
    public internal(set) var scene: Scene

    /// How images compare with HIGH, slice by slice.
    public struct ImageFigures: Hashable, Sendable {
        /// Mean squared differences.
        public internal(set) var squaredErrors: [Double] = []
        /// Structural similarities.
        public internal(set) var similarities: [Double] = []
        /// Multi-scale structural similarities; empty where slices have no room for a window of 11x11.
        public internal(set) var multiScale: [Double] = []
        /// Scales that went into them.
        public internal(set) var scales = 0
    }

    /// Parameters of the pore space, three times.
    struct PoreFigures: Sendable {
        /// Of the whole, where it was in memory at once.
        var whole: [String: SweptQuantity]?
        /// Of each slab.
        var slabs: GatheredSweep
        /// Of each slice.
        var slices: GatheredSweep

        init(_ thresholds: [Double]) {
            slabs = GatheredSweep(thresholds)
            slices = GatheredSweep(thresholds)
        }
    }

    init(
        sample: SampleID, highShape: Shape, judgedSlices: [Int], border: Int,
        thresholds: ThresholdChoice?, slabDepth: Int, scene: Scene,
        settings: EvaluationSettings
    ) {
        self.sample = sample
        self.highShape = highShape
        self.judgedSlices = judgedSlices
        self.border = border
        self.thresholds = thresholds
        self.slabDepth = slabDepth
        self.scene = scene
        self.settings = settings
        high = PoreFigures(thresholds?.values ?? [])
    }

    /// Where methods are measured: as one, or slab by slab where the whole did not fit into memory.
    public var isMeasuredWhole: Bool { high.whole != nil }

    /// A parameter of a method beside HIGH's, over the thresholds: of the whole if that was measured.
    func sweep(_ parameter: JudgedParameter, _ method: EnlargingMethod) throws -> ThresholdSweep? {
        guard let pores = pores[method] else { return nil }
        if let whole = pores.whole, let reference = high.whole {
            guard let value = whole[parameter.key], let truth = reference[parameter.key] else {
                return nil
            }
            return try ThresholdSweep(value, reference: truth)
        }
        return try slabSweep(parameter, method)
    }

    /// The same of slabs, which can be drawn anew.
    func slabSweep(
        _ parameter: JudgedParameter, _ method: EnlargingMethod
    ) throws -> ThresholdSweep? {
        guard let pores = pores[method] else { return nil }
        return try ThresholdSweep(
            pores.slabs[parameter.key], reference: high.slabs[parameter.key])
    }
}
