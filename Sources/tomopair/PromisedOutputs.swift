import Foundation
import SystemPackage
import VolumeFiles
import Volumes

/// The scans that a command is going to write.
///
/// Their places are looked at before the work begins, so that none of it is lost for a name that is
/// taken; each appears when it is complete, and what is not is removed when the program is stopped.
final class PromisedOutputs {
    private let staged: [String: StagedOutput]
    private let interruption: RemovalOnInterruption

    /// Takes the places.
    ///
    /// - Parameters:
    ///   - outputs: The paths as the user gave them.
    ///   - format: The format of all, where their extensions do not say.
    ///   - scan: What the command reads, which none of them replaces.
    ///   - overwrite: Whether other files are replaced.
    init(
        _ outputs: [String], format: ScanFormat? = nil, besides scan: ScanDescription,
        overwrite: Bool
    ) throws {
        var staged: [String: StagedOutput] = [:]
        var places: Set<String> = []
        for output in outputs {
            let path = FilePath(output)
            let format = try outputFormat(at: path, format: format)
            try scan.confirmApart(from: path, format: format)
            let url = URL(fileURLWithPath: output).resolvingSymlinksInPath().standardizedFileURL
            guard places.insert(url.path).inserted else {
                throw CommandWasWrong(description: "\(output): two outputs cannot be one file")
            }
            staged[output] = try StagedOutput(
                for: path, format: format, overwriting: overwrite)
        }
        self.staged = staged
        interruption = RemovalOnInterruption(removing: staged.values.map(\.folder))
    }

    /// Writes one of them by what `body` appends.
    func write<Result>(
        to output: String, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        description: String, _ body: (any ScanWriter) throws -> Result
    ) throws -> Result {
        guard let staged = staged[output] else { preconditionFailure("\(output) was not promised") }
        defer { withExtendedLifetime(interruption) {} }
        let writer = try staged.createScan(
            shape: shape, elementType: elementType, voxelSize: voxelSize, description: description)
        let result = try body(writer)
        try writer.finish()
        try staged.publish()
        return result
    }

    /// Writes one of them as a whole.
    func write(
        _ slab: RawSlab, voxelSize: VoxelSize?, to output: String, description: String
    ) throws {
        try write(
            to: output, shape: slab.shape, elementType: slab.elementType, voxelSize: voxelSize,
            description: description
        ) { try $0.append(slab) }
    }
}
