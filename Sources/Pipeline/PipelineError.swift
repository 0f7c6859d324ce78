import Dataset
import Volumes

/// A reason a sample cannot be built, beyond what the stages and files themselves say.
enum PipelineError: Error, Equatable, CustomStringConvertible {
    /// Nobody said how large a voxel is.
    case voxelSizeMissing(path: String)
    /// Registration needs lengths that the manifest calls unknown.
    case voxelSizeUnknown(path: String)
    /// The scan holds NaN or infinities.
    case notFinite(path: String, notANumber: Int, infinite: Int)
    /// Every voxel has one value.
    case constant(path: String, value: Double)
    /// The same voxels came in under another sample's id.
    case sameContent(as: SampleID, role: ScanRole)
    /// The voxel sizes of the scans do not go with the scale.
    case scaleMismatch(ratio: Double, scale: Int)
    /// Registration does not trust its answer.
    case notRegistered(reason: String)
    /// The scans share too little for one LOW voxel to be covered.
    case noOverlap
    /// The region of interest lies outside the scan.
    case regionOutside(scan: Shape)
    /// No plug stands out from air.
    case noPlug(path: String)
    /// The threshold leaves one phase only, so a porosity would mean nothing.
    case onePhase(thresholds: [Double], isPore: Bool)
    /// The pair is smaller than a patch.
    case noPatches(size: Shape, pair: Shape)
    /// The stage would need more memory than it may take.
    case memory(stage: Stage, needed: Int, allowed: Int)

    var description: String {
        switch self {
        case .voxelSizeMissing(let path):
            """
            \(path): neither the file nor a sidecar says the voxel size; add 'voxel_size: 2 um' \
            to the scan in the manifest, or 'voxel_size: unknown'
            """
        case .voxelSizeUnknown(let path):
            """
            \(path): its voxel size is 'unknown' in the manifest, and two scans cannot be \
            registered without; give it, or leave out the LOW scan
            """
        case .notFinite(let path, let notANumber, let infinite):
            """
            \(path): \(notANumber) voxels are NaN and \(infinite) infinite; replace them before \
            (for instance with the mean) and build again
            """
        case .constant(let path, let value):
            "\(path): every voxel is \(value), so there is nothing to see; check the export"
        case .sameContent(let sample, let role):
            """
            the same voxels as the \(role.rawValue) scan of sample '\(sample)'; one rock under two \
            ids would leak from training into the test; remove one
            """
        case .scaleMismatch(let ratio, let scale):
            """
            LOW voxels are \(ratio) times HIGH's, but the scale is \(scale); check the voxel sizes \
            or set the sample's scale to \(max(1, Int(ratio.rounded())))
            """
        case .notRegistered(let reason):
            "HIGH was not found in LOW: \(reason)"
        case .noOverlap:
            "no LOW voxel is wholly covered by HIGH; check that both scans are of one place"
        case .regionOutside(let scan):
            "the region of interest lies outside the HIGH scan of \(scan) voxels; mend the manifest"
        case .noPlug(let path):
            """
            \(path): no plug stands along z with air around it; give its place in \
            'region: {cylinder: {centre, radius}}', or use the whole scan
            """
        case .onePhase(let thresholds, let isPore):
            """
            every voxel in view is \(isPore ? "pore" : "solid") at the threshold \
            \(thresholds.map { "\($0)" }.joined(separator: ", ")); look at the histogram and give \
            another in 'segmentation: {threshold}'
            """
        case .noPatches(let size, let pair):
            """
            the pair covers \(pair) LOW voxels, and no patch of \(size) fits; make \
            'patches: {size}' smaller
            """
        case .memory(let stage, let needed, let allowed):
            """
            \(stage.rawValue) needs about \(needed / 1_000_000) MB of memory and may take \
            \(allowed / 1_000_000) MB; raise --memory, or crop or bin the scan with 'tomopair convert'
            """
        }
    }
}
