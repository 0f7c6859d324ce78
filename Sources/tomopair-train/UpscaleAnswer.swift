import Foundation
import SystemPackage
import Training
import Upscaling
import Volumes

/// The answer of `tomopair-train upscale`; the keys are a contract with scripts.
struct UpscaleAnswer: Encodable {
    private let output: String
    private let shape: Shape
    private let element_type: Volumes.ElementType
    /// Edges along z, y and x.
    private let voxel_size_um: [Double]?
    private let scale: Int
    private let network: String
    private let network_step: Int?
    private let chosen_by: String
    /// The scan's grey values that were 0 and 1 for the network, and those they are in the output.
    private let scan_window: [Double]
    private let output_window: [Double]
    private let clipped_below: Int
    private let clipped_above: Int
    private let tile: Int
    private let resumed_at: Int
    private let regions: String?
    private let regions_table: String?
    /// Lines for people.
    private let size: VoxelSize?
    private let choice: String
    private let table: RegionTable?

    init(
        output: String, result: UpscaledVolume, trained: TrainedNetwork, grey: GreyScale,
        regions: RegionOptions?
    ) {
        self.output = output
        shape = result.shape
        element_type = result.elementType
        size = result.voxelSize
        voxel_size_um = result.voxelSize.map { [$0.vector[0], $0.vector[1], $0.vector[2]] }
        scale = trained.network.scale
        network = trained.file.string
        network_step = trained.step
        switch trained.choice {
        case .named:
            (chosen_by, choice) = ("name", "as named")
        case .best(let figure, let value):
            chosen_by = figure.rawValue
            choice = "the best of its run by \(figure.rawValue), \(String(format: "%.4g", value))"
        case .last:
            (chosen_by, choice) = ("last", "the last of its run, in which none was judged")
        }
        scan_window = [grey.low.lowerBound, grey.low.upperBound]
        output_window = [grey.high.lowerBound, grey.high.upperBound]
        clipped_below = result.clipped.below
        clipped_above = result.clipped.above
        tile = result.tiles.edge
        resumed_at = result.resumedAt
        self.regions = regions?.map.string
        regions_table = regions?.table.string
        table = result.regions
    }

    private enum CodingKeys: String, CodingKey {
        case output, shape, element_type, voxel_size_um, scale, network, network_step, chosen_by
        case scan_window, output_window, clipped_below, clipped_above, tile, resumed_at, regions
        case regions_table
    }

    /// The answer for people.
    var text: String {
        func number(_ value: Double) -> String { String(format: "%.6g", value) }
        let windows = [scan_window, output_window].map { "\(number($0[0])) to \(number($0[1]))" }
        var lines = [
            "\(output): \(shape) \(element_type.rawValue)" + (size.map { " at \($0)" } ?? ""),
            "network: \(network), \(choice)",
            "grey values: 0 and 1 of the network are \(windows[0]) in the scan, \(windows[1]) in the output",
        ]
        if let table, let regions, let regions_table {
            lines.append(
                "regions: \(regions), and the first of \(table.blockCount) blocks in \(regions_table)"
            )
            for block in table.blocks.prefix(5) { lines.append("  " + Self.line(block)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// As in `1. z 0..<64, y 64..<128, x 0..<64: spread 0.0312, porosity 0.181, interpolated 0.166`.
    private static func line(_ block: RegionTable.Block) -> String {
        func share(_ value: Double) -> String { String(format: "%.3f", value) }
        let facts = [
            block.spread.map { String(format: "spread %.4f", $0) },
            block.porosity.map { "porosity \(share($0))" },
            block.interpolatedPorosity.map { "interpolated \(share($0))" },
        ].compactMap { $0 }
        return "\(block.rank). \(block.region): " + facts.joined(separator: ", ")
    }
}
