import Foundation
import Report
import Volumes

/// What the eye is shown of a judged sample.
public struct EvaluationPictures {
    private let judgement: SampleJudgement

    /// Pictures of what one sample says.
    public init(_ judgement: SampleJudgement) { self.judgement = judgement }

    /// One place in the middle of the sample, as LOW, bicubic interpolation, the network and HIGH show
    /// it, with pores and differences; a PNG, and its caption.
    ///
    /// - Throws: `ReportError` where it cannot be encoded.
    public func comparison() throws -> (png: [UInt8], caption: String)? {
        let scene = judgement.scene
        guard let high = scene.high else { return nil }
        let images = [EnlargingMethod.nearest, .bicubic, .sr].compactMap { method in
            scene.images[method].map { image in
                ComparedImage(
                    title: method.title, grey: image.withVoxelSize(high.voxelSize),
                    pores: scene.pores[method], note: note(method),
                    poresNote: poresNote(scene.pores[method]))
            }
        }
        let reference = ComparedImage(
            title: "HIGH", grey: high, pores: scene.highPores,
            poresNote: poresNote(scene.highPores))
        let picture = DrawnPicture.comparison(
            of: images, with: reference, window: window(of: high))
        let region = scene.region
        return (
            try picture.image.png(),
            "\(judgement.sample), slice z = \(scene.slice) of HIGH, rows \(region.rows), columns "
                + "\(region.columns). " + picture.caption
        )
    }

    /// From dark to bright of what is shown of HIGH, all but one voxel in fifty on either side.
    private func window(of high: Volume<Float>) -> GreyWindow {
        let values = high.array.sorted()
        let (first, last) = (
            values[values.count / 50], values[values.count - 1 - values.count / 50]
        )
        return GreyWindow(black: Double(first), white: Double(last))
    }

    /// `29.3 dB` of the slice that is shown.
    private func note(_ method: EnlargingMethod) -> String {
        guard let images = judgement.images[method],
            let index = judgement.judgedSlices.firstIndex(of: judgement.scene.slice)
        else { return "" }
        return String(format: "%.1f dB", decibels(images.squaredErrors[index]))
    }

    /// `pores 20.1 %` of the place that is shown.
    private func poresNote(_ pores: Mask?) -> String {
        guard let pores else { return "" }
        let share = Double(pores.array.count { $0 }) / Double(pores.shape.count)
        return String(format: "pores %.1f %%", share * 100)
    }

    /// The total porosity over thresholds, of HIGH and every method, as SVG.
    public func porosity() -> String? {
        guard let thresholds = judgement.thresholds,
            let parameter = judgement.parameters.first(where: { $0.name == "porosity_total" })
        else { return nil }
        func percent(_ figures: SampleJudgement.PoreFigures) -> [Double?] {
            let quantity = figures.slabs[parameter.key]
            return thresholds.values.indices.map { index in
                quantity.mean(at: index).map { $0 * 100 }
            }
        }
        var curves = [SweepCurve(title: "HIGH", values: percent(judgement.high), style: .reference)]
        let interpolations = EnlargingMethod.allCases.filter { $0 != .sr }
        for method in [.sr] + interpolations {
            guard let figures = judgement.pores[method] else { continue }
            let number = interpolations.firstIndex(of: method)
            curves.append(
                SweepCurve(
                    title: method.title, values: percent(figures),
                    style: number.map { .other($0) } ?? .judged))
        }
        return SVGDrawing.sweep(
            curves, title: "Porosity of \(judgement.sample) over thresholds.",
            axis: "total porosity (%)", thresholds: thresholds.values, centre: thresholds.centre
        ).markup
    }
}
