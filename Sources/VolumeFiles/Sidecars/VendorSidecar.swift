import Foundation
import SystemPackage
import Volumes

/// A scanner's settings found beside a scan.
struct VendorSidecar {
    /// Where they are.
    let path: FilePath
    /// The voxel size they give.
    let voxelSize: FoundVoxelSize
    /// Everything else they say.
    let facts: [String: String]

    /// Looks for settings that belong to a scan: those with its stem beside a file, or all there are
    /// in a folder of slices. Files that hold no voxel size are not settings and are passed over.
    ///
    /// - Returns: Nothing where there are none, and where several disagree, which makes a note.
    static func find(
        beside path: FilePath, isFolderOfSlices: Bool, notes: inout [String]
    ) -> VendorSidecar? {
        let folder =
            isFolderOfSlices && !path.string.contains(where: { "*?[".contains($0) })
                && (try? Stat(path))?.type == .directory
            ? path : path.folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else {
            return nil
        }
        var stems: Set<String> = []
        if let stem = path.stem?.lowercased() { stems = [stem, withoutSliceNumber(stem)] }
        let found = names.sorted().compactMap { name -> VendorSidecar? in
            // Folders of slices hold thousands of names; few are worth a closer look.
            let lowercase = name.lowercased()
            guard let dot = lowercase.lastIndex(of: "."),
                let vendor = VendorVoxelSize.Vendor(
                    rawValue: String(lowercase[lowercase.index(after: dot)...])),
                isFolderOfSlices || stems.contains(String(lowercase[..<dot]))
            else { return nil }
            let candidate = folder.appending(name)
            guard let settings = try? SettingsText(candidate),
                let size = VendorVoxelSize.find(in: settings, of: vendor)
            else { return nil }
            return VendorSidecar(path: candidate, voxelSize: size, facts: settings.facts)
        }
        guard let first = found.first else { return nil }
        guard found.allSatisfy({ $0.voxelSize.size.isClose(to: first.voxelSize.size) }) else {
            let sizes = found.map { "\($0.voxelSize.source) (\($0.voxelSize.size))" }
            notes.append(
                """
                several settings beside the scan give different voxel sizes, none is taken: \
                \(sizes.joined(separator: "; "))
                """)
            return nil
        }
        return first
    }

    /// SkyScan writes `plug_rec.log` beside `plug_rec0001.tif`.
    private static func withoutSliceNumber(_ stem: String) -> String {
        var stem = stem[...]
        while stem.last?.isNumber == true { stem.removeLast() }
        while stem.last == "_" || stem.last == "-" { stem.removeLast() }
        return String(stem)
    }
}

extension VoxelSize {
    /// Whether two sizes agree to a part in a thousand, as programs round them.
    func isClose(to other: VoxelSize) -> Bool {
        let ratio = vector / other.vector
        return (0..<3).allSatisfy { abs(ratio[$0] - 1) < 1e-3 }
    }
}
