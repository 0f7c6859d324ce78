import Dataset
import Degradation
import Foundation
import PatchFeed
import SystemPackage
import TrainingRecipe
import Volumes
import Workspace

/// A degradation as a run keeps it: what was fitted, and to what.
struct KeptFit: Hashable, Sendable, Codable {
    /// The fit, in the grey values that scans store.
    let fit: DegradationFit
    /// The training samples it was fitted to, and their boxes in LOW voxels.
    let boxes: [String: [Region]]
}

/// Boxes of training pairs to which a degradation is fitted.
struct DegradationFitting {
    private let boxes: [(pair: TrainingPair, regions: [Region])]
    private let scale: Int

    /// HIGH voxels that are looked at in all, each about a hundred times.
    private static let voxels = 8 << 20
    /// Edges of a box within slices and across them, in LOW voxels, the best first. Noise and rings show
    /// within slices.
    private static let edges = [64, 48, 32, 24, 16]
    private static let depths = [8, 4, 2, 1]

    /// Chooses boxes in good patches of the samples to learn from.
    ///
    /// - Throws: ``TrainingError/nothingToFit(reason:)`` where no box is large enough, or pairs are images.
    init(_ plan: SamplePlan) throws(TrainingError) {
        scale = plan.geometry.scale
        guard plan.part == .train else {
            preconditionFailure("held-out samples tell whether a fit holds, and are not fitted to")
        }
        if let image = plan.pairs.first(where: { $0.lowShape.isImage }) {
            throw .nothingToFit(
                reason:
                    "\(image.sample) is an image, and a slice of a scan shows all of its thickness")
        }
        let share = Self.voxels / plan.pairs.count
        var boxes: [(pair: TrainingPair, regions: [Region])] = []
        for pair in plan.pairs {
            let shapes = Self.edges.flatMap { edge in
                Self.depths.map { Shape(depth: $0, height: edge, width: edge) }
            }
            for shape in shapes {
                let count = max(share / (shape.count * scale * scale * scale), 1)
                let regions = plan.boxes(of: shape, in: pair, atMost: count)
                guard !regions.isEmpty else { continue }
                boxes.append((pair, regions))
                break
            }
        }
        guard !boxes.isEmpty else {
            throw .nothingToFit(
                reason: "no box of 16 x 16 LOW voxels in them lies in good patches alone")
        }
        self.boxes = boxes
    }

    /// The samples that have a box.
    var count: Int { boxes.count }

    /// Fits to the voxels of the boxes, in stored grey values.
    ///
    /// - Throws: ``TrainingError/nothingToFit(reason:)``, `PatchFeedError`.
    func fit(_ volumes: StagedPairs) throws -> KeptFit {
        var pairs: [RegisteredPair] = []
        for (pair, regions) in boxes {
            for region in regions {
                let voxels = try volumes.voxels(of: pair, in: region, scale: scale)
                pairs.append(
                    RegisteredPair(
                        low: voxels.low, high: voxels.high, scale: scale,
                        place: ScanPlace(
                            row: pair.pair.region.y + region.y,
                            column: pair.pair.region.x + region.x,
                            scanHeight: pair.lowScanShape.height,
                            scanWidth: pair.lowScanShape.width)))
            }
        }
        return KeptFit(
            fit: try Self.fit(pairs),
            boxes: Dictionary(uniqueKeysWithValues: boxes.map { ($0.pair.sample.name, $0.regions) })
        )
    }

    private static func fit(_ pairs: [RegisteredPair]) throws(TrainingError) -> DegradationFit {
        do {
            return try DegradationFit(to: pairs)
        } catch {
            switch error {
            case .nothingToFit(let reason): throw .nothingToFit(reason: reason)
            }
        }
    }
}

extension DataRecipe {
    /// Whether some samples are degraded as the catalog's own pairs are.
    var needsFit: Bool { scanned < 1 && degradation == .fitted }
}

extension RunFolder {
    private var degradation: FilePath { path.appending("degradation.json") }

    /// What samples are degraded by; a fit is made once, and kept for when the run goes on.
    ///
    /// - Parameters:
    ///   - fitting: Where a fit is needed.
    ///   - report: Told of how many samples, before they are fitted to.
    func profile(
        _ name: DataRecipe.Profile, _ fitting: DegradationFitting?, volumes: StagedPairs,
        report: (Int) -> Void
    ) throws -> DegradationProfile {
        guard let fitting else {
            // Without a fit nothing is drawn from one: all samples are scanned.
            return DegradationProfile(name: name.rawValue) ?? .standard
        }
        if FileManager.default.fileExists(atPath: degradation.string) {
            return .fitted(try CanonicalJSON.read(KeptFit.self, from: degradation).fit)
        }
        report(fitting.count)
        let kept = try fitting.fit(volumes)
        try CanonicalJSON.write(kept, to: degradation)
        return .fitted(kept.fit)
    }
}
