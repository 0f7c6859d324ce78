import ArgumentParser
import Degradation
import Randomness
import SystemPackage
import TurnTaking
import VolumeFiles
import Volumes

/// Degradations, each drawn anew and applied to the same HIGH patch.
struct TimeDegradations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "degrade",
        abstract: "Times degradations of a HIGH patch to a quarter of its edge.")

    @Argument(help: "real-esrgan, bsrgan, tomography or fitted.")
    var profile: String

    @Argument(help: "The patch (.npy): its slices are degraded as a profile does it.")
    var patch: String

    @Option(help: "Degradations of a turn.")
    var count = 8

    @Flag(help: "Sharpen HIGH first, every time, as Real-ESRGAN does with its targets.")
    var sharpened = false

    @Option(help: "A HIGH volume (.npy) to which the fitted profile is fitted, beside a LOW of it.")
    var fittingTo: String?

    static let scale = 4

    func run() throws {
        let high = try read(patch)
        let profile = try chosenProfile()
        var generator = Philox4x32(seed: 1, stream: 0)
        try Turns.take { [count, sharpened] in
            for _ in 0..<count {
                let drawn = profile.draw(
                    scale: Self.scale, place: Self.place(in: high.shape), greys: ScanGreys(),
                    using: &generator)
                let low = drawn.apply(to: sharpened ? UnsharpMask().apply(to: high) : high)
                guard low.shape.width * Self.scale == high.shape.width else {
                    throw WrongSize(shape: low.shape)
                }
            }
            return count
        }
    }

    private func read(_ path: String) throws -> Volume<Float> {
        try openScan(ScanLocation(FilePath(path))).readAll().convert(to: Float.self)
    }

    /// A patch off the middle of a scan of 1000 x 1000 LOW pixels.
    private static func place(in high: Shape) -> ScanPlace {
        ScanPlace(row: 300, column: 350, scanHeight: 1000, scanWidth: 1000)
    }

    private func chosenProfile() throws -> DegradationProfile {
        guard profile == "fitted" else {
            guard let named = DegradationProfile(name: profile) else {
                throw ValidationError("There is no profile \(profile).")
            }
            return named
        }
        guard let fittingTo else { throw ValidationError("A fit needs --fitting-to.") }
        // LOW is made with the tomography profile: what is fitted matters little for the time.
        let high = try read(fittingTo)
        let place = Self.place(in: high.shape)
        var generator = Philox4x32(seed: 2, stream: 0)
        let low = DegradationProfile.tomography(TomographyRanges(sparseProbability: 0)).draw(
            scale: Self.scale, place: place, greys: ScanGreys(), using: &generator
        ).apply(to: high)
        let pair = RegisteredPair(low: low, high: high, scale: Self.scale, place: place)
        return .fitted(try DegradationFit(to: [pair]))
    }
}

/// A degradation that did not make LOW.
struct WrongSize: Error {
    let shape: Shape
}
