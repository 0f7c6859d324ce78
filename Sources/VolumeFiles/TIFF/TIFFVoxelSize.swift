import SystemPackage
import Volumes

/// The voxel size a TIFF states, with the words it uses, or why it is not taken.
struct TIFFVoxelSize {
    let found: FoundVoxelSize?
    let notes: [String]

    /// Looks into the description first and the resolution tags second.
    init(
        _ text: TIFFStackText, directory: TIFFDirectory, structure: TIFFStructure, sliceCount: Int
    ) {
        let name = structure.file.path.lastComponent?.string ?? structure.file.path.string
        let tags = Resolution(
            x: structure.fraction(.xResolution, of: directory),
            y: structure.fraction(.yResolution, of: directory),
            // A page without the unit means inches (TIFF 6.0).
            unit: (try? structure.integer(.resolutionUnit, of: directory)) ?? 2)
        let edges =
            switch text.dialect {
            case .imageJ: Self.imageJ(text.properties, tags)
            case .ome: Self.ome(text.properties) ?? Self.plain(tags)
            case .tifffile, .plain: Self.plain(tags)
            }
        guard let edges else {
            found = nil
            notes = []
            return
        }
        let source = "\(name): \(edges.words)"
        if let z = edges.z {
            found = VoxelSize(
                depthInMicrometres: z, heightInMicrometres: edges.y, widthInMicrometres: edges.x
            ).map { FoundVoxelSize($0, source: source) }
            notes = []
        } else if abs(edges.x - edges.y) <= edges.x * 1e-3 {
            found = VoxelSize(
                depthInMicrometres: edges.x, heightInMicrometres: edges.y,
                widthInMicrometres: edges.x
            ).map { FoundVoxelSize($0, source: source) }
            notes =
                sliceCount > 1 && found != nil
                ? ["the slice spacing is not stated: voxels are taken as cubes"] : []
        } else {
            found = nil
            notes = [
                "the slice spacing is not stated and x and y differ: no voxel size (\(source))"
            ]
        }
    }

    private struct Resolution {
        let x: (Int, Int)?
        let y: (Int, Int)?
        let unit: Int

        var unitName: String? { unit == 2 ? "inch" : unit == 3 ? "cm" : nil }

        /// Pixel edges in micrometres, where the unit the tags count in has `scale` of them.
        ///
        /// One division, so that 5000/3 pixels for a centimetre are 6 and not 5.999.
        func edges(xScale: Double, yScale: Double) -> (x: Double, y: Double)? {
            guard let x, let y else { return nil }
            return (xScale * Double(x.1) / Double(x.0), yScale * Double(y.1) / Double(y.0))
        }

        var words: String {
            [x.map { "XResolution=\($0.0)/\($0.1)" }, y.map { "YResolution=\($0.0)/\($0.1)" }]
                .compactMap(\.self).joined(separator: ", ")
        }
    }

    /// Edges in micrometres and the text they come from.
    private struct Edges {
        let x: Double
        let y: Double
        let z: Double?
        let words: String
    }

    private static func imageJ(_ properties: [String: String], _ tags: Resolution) -> Edges? {
        let stated = properties["unit"] ?? tags.unitName
        guard let stated, var scale = ImageLengthUnit.micrometres(in: stated) else { return nil }
        // ImageJ takes tags as per centimetre where they say so and the text says micrometres.
        let isPerCentimetre = tags.unit == 3 && scale == 1
        if isPerCentimetre { scale = 1e4 }
        let yScale = properties["yunit"].flatMap(ImageLengthUnit.micrometres(in:)) ?? scale
        guard let edges = tags.edges(xScale: scale, yScale: yScale) else { return nil }
        if scale >= 1e4, ImageLengthUnit.isPrinterDefault(micrometres: edges.x) { return nil }
        let statedScale = ImageLengthUnit.micrometres(in: properties["unit"] ?? "") ?? scale
        let zScale = properties["zunit"].flatMap(ImageLengthUnit.micrometres(in:)) ?? statedScale
        let spacing = properties["spacing"].flatMap { Double($0) }.map(abs)
        var words = ["unit=\(stated)", tags.words]
        if isPerCentimetre { words.append("ResolutionUnit=cm") }
        for key in ["yunit", "zunit", "spacing"] {
            if let value = properties[key] { words.append("\(key)=\(value)") }
        }
        return Edges(
            x: edges.x, y: edges.y,
            z: spacing.flatMap { $0 > 0 ? $0 * zScale : nil },
            words: words.joined(separator: ", "))
    }

    private static func ome(_ properties: [String: String]) -> Edges? {
        var words: [String] = []
        func edge(_ axis: String) -> Double? {
            guard let text = properties["PhysicalSize\(axis)"], let value = Double(text),
                value > 0
            else { return nil }
            let unit = properties["PhysicalSize\(axis)Unit"]
            guard let scale = ImageLengthUnit.micrometres(in: unit ?? "um") else { return nil }
            words.append("PhysicalSize\(axis)=\(text)\(unit.map { " \($0)" } ?? "")")
            return value * scale
        }
        guard let x = edge("X"), let y = edge("Y") else { return nil }
        let z = edge("Z")
        return Edges(x: x, y: y, z: z, words: words.joined(separator: ", "))
    }

    private static func plain(_ tags: Resolution) -> Edges? {
        guard let unit = tags.unitName, let scale = ImageLengthUnit.micrometres(in: unit),
            let edges = tags.edges(xScale: scale, yScale: scale),
            !ImageLengthUnit.isPrinterDefault(micrometres: edges.x),
            !ImageLengthUnit.isPrinterDefault(micrometres: edges.y)
        else { return nil }
        return Edges(
            x: edges.x, y: edges.y, z: nil,
            words: "\(tags.words), ResolutionUnit=\(unit)")
    }
}
