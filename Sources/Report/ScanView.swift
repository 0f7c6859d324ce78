import Volumes

/// A scan in words.
struct ScanView {
    let role: String
    let path: String
    let format: String
    let shape: String
    let element: String
    let voxel: String
    let voxelSource: String?
    let extent: String
    let window: String
    let synthetic: String?
    let notes: [String]

    init(_ scan: ScanReport) {
        role = scan.role.rawValue
        path = scan.path
        format = scan.format
        let counts = [scan.shape.depth, scan.shape.height, scan.shape.width]
        shape = counts.map(String.init).joined(separator: " × ")
        element = scan.elementType.rawValue
        voxel = scan.voxelSize.map(ScanView.edges) ?? "unknown"
        voxelSource = scan.voxelSizeSource
        extent =
            scan.voxelSize.map { size in
                (0..<3).map { NumberText.nominal(Double(counts[$0]) * size.vector[$0] / 1000) }
                    .joined(separator: " × ")
            } ?? SampleView.unknown
        window =
            scan.window.map {
                "\(NumberText.nominal($0.black)) to \(NumberText.nominal($0.white))"
            } ?? SampleView.unknown
        synthetic = scan.isSynthetic ? "synthetic" : nil
        notes = scan.notes
    }

    /// One edge for a cube, three otherwise, in micrometres.
    static func edges(of size: VoxelSize) -> String {
        size.isCubic
            ? NumberText.nominal(size.widthInMicrometres)
            : (0..<3).map { NumberText.nominal(size.vector[$0]) }.joined(separator: " × ")
    }
}
