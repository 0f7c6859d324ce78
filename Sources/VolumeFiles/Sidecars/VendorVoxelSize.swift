import SystemPackage
import Volumes

/// The voxel size in the settings of the scanners that leave them as plain text.
enum VendorVoxelSize {
    /// A program whose settings are known.
    enum Vendor: String, CaseIterable {
        /// Bruker SkyScan: NRecon and the acquisition's own log.
        case skyScan = "log"
        /// Nikon X-Tek.
        case nikon = "xtekct"
        /// Volume Graphics.
        case volumeGraphics = "vgi"
        /// GE phoenix datos|x.
        case phoenix = "pca"
    }

    /// The voxel size; `nil` where the settings hold none that makes sense.
    static func find(in settings: SettingsText, of vendor: Vendor) -> FoundVoxelSize? {
        switch vendor {
        case .skyScan: skyScan(settings)
        case .nikon: edges(settings, "XTekCT", ["VoxelSizeX", "VoxelSizeY", "VoxelSizeZ"])
        case .phoenix: phoenix(settings)
        case .volumeGraphics: volumeGraphics(settings)
        }
    }

    /// The reconstruction's own pixel comes before the scaled and the plain one of the acquisition;
    /// the camera's pixel is another thing altogether. The unit stands in the key.
    private static func skyScan(_ settings: SettingsText) -> FoundVoxelSize? {
        let candidates: [(section: String?, key: String)] = [
            ("Reconstruction", "Pixel Size"), (nil, "Scaled Image Pixel Size"),
            (nil, "Image Pixel Size"),
        ]
        for candidate in candidates {
            for unit in ["um", "nm", "mm"] {
                guard
                    let entry = settings.entry(candidate.section, "\(candidate.key) (\(unit))"),
                    let scale = LengthUnit.micrometres(in: unit), let value = number(entry.value),
                    let size = VoxelSize(micrometres: HeaderLength.micrometres(value, per: scale))
                else { continue }
                return found(size, settings, "\(entry.key)=\(entry.value)")
            }
        }
        return nil
    }

    /// Three edges in millimetres, ordered x, y, z.
    private static func edges(
        _ settings: SettingsText, _ section: String, _ keys: [String]
    ) -> FoundVoxelSize? {
        let entries = keys.compactMap { settings.entry(section, $0) }
        let lengths = entries.compactMap { number($0.value) }.map {
            HeaderLength.micrometres($0, per: 1000)
        }
        guard lengths.count == 3,
            let size = VoxelSize(
                depthInMicrometres: lengths[2], heightInMicrometres: lengths[1],
                widthInMicrometres: lengths[0])
        else { return nil }
        let text = entries.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        return found(size, settings, "\(text) (mm)")
    }

    /// The detector sees x and the axis of rotation, so its second edge is that along z as well.
    private static func phoenix(_ settings: SettingsText) -> FoundVoxelSize? {
        edges(settings, "Geometry", ["VoxelSizeX", "VoxelSizeY", "VoxelSizeZ"])
            ?? edges(settings, "Geometry", ["VoxelSizeX", "VoxelSizeX", "VoxelSizeY"])
    }

    private static func volumeGraphics(_ settings: SettingsText) -> FoundVoxelSize? {
        guard let entry = settings.entry("geometry", "resolution"),
            let edges = HeaderText.numbers(entry.value), edges.count == 3
        else { return nil }
        let unit = settings["geometry", "unit"] ?? "mm"
        guard let scale = LengthUnit.micrometres(in: unit) else { return nil }
        let lengths = edges.map { HeaderLength.micrometres($0, per: scale) }
        guard
            let size = VoxelSize(
                depthInMicrometres: lengths[2], heightInMicrometres: lengths[1],
                widthInMicrometres: lengths[0])
        else { return nil }
        return found(size, settings, "\(entry.key)=\(entry.value) (\(unit))")
    }

    private static func found(
        _ size: VoxelSize, _ settings: SettingsText, _ text: String
    ) -> FoundVoxelSize {
        FoundVoxelSize(
            size, source: "\(settings.path.lastComponent?.string ?? "settings"): \(text)")
    }

    /// A number as scanners write it; some computers set a comma for the point.
    private static func number(_ text: String) -> Double? {
        Double(text.contains(".") ? text : text.replacing(",", with: "."))
    }
}
