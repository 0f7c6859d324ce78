import Foundation
import Registration
import TestSupport
import Volumes

/// One pair, registered: a line of the table.
struct Trial: Sendable {
    let name: String
    let seed: UInt64
    let highEdge: Int
    /// The true pose.
    let rotationInDegrees: SIMD3<Double>
    let scale: Double
    let isMirrored: Bool
    let translation: SIMD3<Double>
    let trueOverlap: Double
    /// What registration said. Lengths are in voxels of HIGH.
    let accepted: Bool
    let reason: String
    let cornerError: Double
    /// The median error that noise allows at best.
    let attainableError: Double
    /// The reported bound that 95 of 100 errors stay below; not a number where none is reported.
    let reportedCornerError: Double
    let foundMirrored: Bool
    let confidence: Double
    let correlation: Double
    let overlap: Double
    /// The fitted blur over the true one.
    let blurRatio: Double
    let wallSeconds: Double
    let processorSeconds: Double

    /// Makes the pair of a seed and registers it.
    init(_ study: StudyCase, seed: UInt64, edgeFactor: Double) {
        let settings = study.settings(seed: seed, edgeFactor: edgeFactor)
        let pair = PhantomPair(settings, seed: study.pairSeed(seed))
        name = study.name
        self.seed = seed
        highEdge = settings.highEdge
        rotationInDegrees = settings.pose.rotationInDegrees
        scale = settings.pose.scale
        isMirrored = settings.pose.isMirrored
        translation = pair.transform.translation
        trueOverlap = pair.overlap
        attainableError = study.hasTruth ? pair.attainableCornerError : .nan
        let clock = ContinuousClock()
        let (began, processor) = (clock.now, processorTime())
        let outcome: Result<RegistrationResult, any Error>
        do {
            outcome = .success(try register(low: pair.low, high: pair.high))
        } catch {
            outcome = .failure(error)
        }
        wallSeconds = began.duration(to: clock.now) / .seconds(1)
        processorSeconds = processorTime() - processor
        switch outcome {
        case .success(let result):
            accepted = result.accepted
            reason = result.reason ?? ""
            cornerError = study.hasTruth ? pair.cornerError(of: result.transform) : .nan
            reportedCornerError = result.cornerErrorInMicrometres / settings.highVoxel
            foundMirrored = result.isMirrored
            confidence = result.confidence
            correlation = result.correlation
            overlap = result.overlapFraction
            blurRatio = result.blurInMicrometres / pair.blurInMicrometres
        case .failure(let error):
            accepted = false
            reason = "\(error)"
            cornerError = .nan
            reportedCornerError = .nan
            foundMirrored = false
            confidence = 0
            correlation = .nan
            overlap = .nan
            blurRatio = .nan
        }
    }
}

/// The processor seconds this process has used.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
