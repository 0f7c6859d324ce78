import Volumes

/// Anisotropic diffusion (Perona and Malik 1990, doi:10.1109/34.56205): grey values flow between
/// neighbours that differ little, and hardly across edges.
///
/// In every step a voxel u gains timeStep times the sum of g(|q - u|) (q - u) over its six neighbours q,
/// in an image its four; nothing flows through the faces. The conductance g is 1 for equal neighbours
/// and falls with their difference over k, which is ``edge`` standard deviations of the noise. No new
/// extremes arise, but for rounding. Voxels count as cubes, whatever their size. Without noise nothing
/// changes.
public struct AnisotropicDiffusion: Sendable, Hashable {
    /// How the conductance falls with the difference s of neighbours.
    public enum Conductance: String, Codable, Sendable {
        /// exp(-(s/k)²), which prefers sharp edges to weak ones.
        case exponential
        /// 1 / (1 + (s/k)²), which prefers wide regions to narrow ones.
        case rational
    }

    /// How many steps are taken. From 1 to 100.
    public let iterations: Int
    /// How much flows in a step: above 0 and up to 1/6, from where on steps no longer smooth. An image
    /// would bear 1/4; one limit for both keeps settings valid for either.
    public let timeStep: Double
    /// How the conductance falls.
    public let conductance: Conductance
    /// k over the standard deviation of the noise; finite and above 0.
    public let edge: Double
    /// The noise of the scan.
    public let noise: NoiseLevel

    /// Settings in the ranges above.
    public init(
        iterations: Int = 5, timeStep: Double = 0.125, conductance: Conductance = .exponential,
        edge: Double = 3, noise: NoiseLevel = .estimated
    ) {
        let problem = Self.problem(iterations, timeStep, edge)
        precondition(problem == nil, problem ?? "")
        self.iterations = iterations
        self.timeStep = timeStep
        self.conductance = conductance
        self.edge = edge
        self.noise = noise
    }

    /// What is wrong with settings, if anything.
    private static func problem(_ iterations: Int, _ timeStep: Double, _ edge: Double) -> String? {
        if !(1...100).contains(iterations) { return "diffusion takes 1 to 100 steps" }
        if !(timeStep > 0 && timeStep <= 1 / 6.0) { return "a time step is above 0, up to 1/6" }
        if !edge.isFinite || edge <= 0 { return "an edge is above 0 standard deviations" }
        return nil
    }

    /// The same settings with other noise.
    func withNoise(_ noise: NoiseLevel) -> AnisotropicDiffusion {
        AnisotropicDiffusion(
            iterations: iterations, timeStep: timeStep, conductance: conductance, edge: edge,
            noise: noise)
    }
}

extension AnisotropicDiffusion: Codable {
    private enum CodingKeys: String, CodingKey {
        case iterations
        case timeStep = "time_step"
        case conductance, edge, noise
    }

    /// Reads settings and checks their ranges.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        iterations = try container.decode(Int.self, forKey: .iterations)
        timeStep = try container.decode(Double.self, forKey: .timeStep)
        conductance = try container.decode(Conductance.self, forKey: .conductance)
        edge = try container.decode(Double.self, forKey: .edge)
        noise = try container.decode(NoiseLevel.self, forKey: .noise)
        if let problem = Self.problem(iterations, timeStep, edge) {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: problem))
        }
    }
}

extension AnisotropicDiffusion {
    /// The volume after all steps.
    ///
    /// - Parameter sigma: The standard deviation of the noise.
    /// - Complexity: O(iterations) a voxel; one more volume in memory beside the result.
    func filter(_ volume: Volume<Float>, sigma: Double) -> Volume<Float> {
        guard sigma > 0 else { return volume }
        let shape = volume.shape
        let step = DiffusionStep(
            conductance, edge: Float(edge * sigma), timeStep: Float(timeStep), shape: shape)
        var (now, next) = (step.padded(volume), step.empty())
        for _ in 0..<iterations {
            let source = now
            next.forEachSliceConcurrently { z, slice in
                source.withVoxels { voxels in step.advance(z, of: voxels, into: &slice) }
            }
            swap(&now, &next)
        }
        return step.unpadded(now, voxelSize: volume.voxelSize)
    }
}
