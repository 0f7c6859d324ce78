public import Volumes

/// A reason a scan cannot be segmented.
public enum SegmentationError: Error, Equatable, CustomStringConvertible {
    /// Nothing of the volume is inside the field of view, or a box reaches out of it.
    case fieldOfViewOutside(FieldOfView, Shape)
    /// Every voxel in view has one grey value, so no threshold separates two phases.
    case constant(Double)
    /// Voxels in view are NaN or infinite.
    case notFinite(count: Int)
    /// The grey values span more than a `Double` can hold.
    case rangeTooWide(minimum: Double, maximum: Double)
    /// A few wild grey values lie so far from nearly all others that a histogram cannot part these.
    case outliers(of: ClosedRange<Double>, most: ClosedRange<Double>)
    /// The threshold of the settings is NaN or infinite.
    case thresholdNotFinite
    /// A setting of the pore centres is negative, NaN or infinite.
    case prominenceOutOfRange(Double)
    /// The volume has more voxels than labels of 32 bits can address.
    case tooManyVoxels(Int)
    /// A volume of the clean-up is negative.
    case cleanUpOutOfRange(Int)
    /// Too few slices show two phases to tell how their grey values drift.
    case driftUnknown(known: Int, slices: Int)
    /// Too few rings about the axis show two phases to tell how grey values change with the
    /// distance, or the phases meet at some distance.
    case cuppingUnknown(known: Int, rings: Int)
    /// The spread that ends the markers is negative, NaN or infinite.
    case markersUnclear(spreads: Double)
    /// The darker phase's markers reach above the brighter one's, or one end is not finite.
    case markersOutOfOrder(darker: Double, brighter: Double)
    /// No voxel in view is surely of either phase, so there is nothing to flood from.
    case noMarkers(darker: Double, brighter: Double)
    /// The thresholds of the phases are not finite or not in order.
    case phaseThresholdsOutOfOrder([Double])
    /// No voxel is pore or none is solid, or their grey values are the wrong way about, so that
    /// grey values cannot tell the porosity of micro-porous rock.
    case mixingUnknown(pore: Double?, solid: Double?)
    /// What is asked for needs the whole scan in memory.
    case notBySlabs(String)
    /// The scan has fewer grey values than phases are asked for.
    case fewerLevelsThanPhases(Int)
    /// The degree of the cupping is none that can be corrected.
    case cuppingDegree(Int)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .fieldOfViewOutside(let fieldOfView, let shape):
            """
            The field of view \(fieldOfView) does not lie in the volume of \(shape) voxels. \
            Give a box inside it, or the axis and radius of the plug in its voxels.
            """
        case .constant(let value):
            """
            Every voxel in view has the grey value \(value), so there is nothing to separate. \
            Check that the scan was read as intended, or give a fixed threshold.
            """
        case .notFinite(let count):
            """
            \(count) voxels in view are NaN or infinite. \
            Narrow the field of view to the reconstructed part, or repair the scan.
            """
        case .rangeTooWide(let minimum, let maximum):
            """
            The grey values run from \(minimum) to \(maximum), too far apart for a histogram. \
            Check the scan for damaged voxels.
            """
        case .outliers(let range, let most):
            """
            The grey values run from \(range.lowerBound) to \(range.upperBound), but all except one in a \
            thousand lie within \(most.lowerBound) to \(most.upperBound), too close together to be parted by a \
            histogram of all. Bring the wild voxels into that range (tomopair convert --window), or give a \
            fixed threshold.
            """
        case .thresholdNotFinite:
            "The fixed threshold is not a finite number. Give a grey value of the scan."
        case .prominenceOutOfRange(let value):
            """
            The least prominence of a pore centre is \(value) voxels. \
            Give a finite number that is not negative.
            """
        case .tooManyVoxels(let count):
            """
            The volume has \(count) voxels; one of up to \(UInt32.max - 1) can be segmented at once. \
            Crop it first.
            """
        case .cleanUpOutOfRange(let volume):
            """
            The clean-up takes out parts below \(volume) voxels. \
            Give a number from 0, which takes out none.
            """
        case .driftUnknown(let known, let slices):
            """
            Two phases can be told in \(known) of \(slices) slices only, too few to correct a drift \
            from slice to slice. Leave the correction out, or narrow the field of view to the rock.
            """
        case .cuppingUnknown(let known, let rings):
            """
            The phases' grey values against the distance from the axis cannot be told: \(known) of \
            \(rings) rings show two phases that stay apart. Leave the correction out, or narrow the \
            field of view to the plug.
            """
        case .markersUnclear(let spreads):
            """
            Markers cannot end \(spreads) standard deviations from their mean. \
            Give a finite number that is not negative.
            """
        case .markersOutOfOrder(let darker, let brighter):
            """
            Voxels up to \(darker) cannot be surely dark while those above \(brighter) are surely \
            bright. Give two finite grey values, the darker one first.
            """
        case .noMarkers(let darker, let brighter):
            """
            No voxel in view is at or below \(darker) or above \(brighter). \
            Bring the two grey values closer together.
            """
        case .phaseThresholdsOutOfOrder(let thresholds):
            """
            The thresholds \(thresholds) do not lead from pore through micro-porous and solid to \
            dense. Give finite grey values, rising where pores are dark and falling where they are bright.
            """
        case .mixingUnknown(let pore, let solid):
            """
            Micro-porous rock lies between the grey values of pore, \(Self.text(pore)), and of solid, \
            \(Self.text(solid)), in that order. \
            Give both with the thresholds, or move the thresholds.
            """
        case .notBySlabs(let what):
            """
            A mask cannot be made slab by slab with \(what). \
            Segment the scan in memory, or do without (scans of more than 16 bits can be converted).
            """
        case .fewerLevelsThanPhases(let phases):
            """
            The voxels in view have fewer than \(phases) grey values, so \(phases) phases cannot be told. \
            Check that the scan was read as intended, or name fewer phases.
            """
        case .cuppingDegree(let degree):
            """
            A cupping of degree \(degree) cannot be corrected. \
            Give 2 or 4, or 0 for no correction.
            """
        }
    }
    private static func text(_ grey: Double?) -> String {
        grey.map { "\($0)" } ?? "of which there is no voxel"
    }
}
