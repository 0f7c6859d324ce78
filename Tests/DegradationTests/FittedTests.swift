import Foundation
import Randomness
import Testing
import Volumes

@testable import Degradation

@Suite struct `A fitted degradation` {
    private let greys = ScanGreys(windowLow: 10_000, windowHigh: 40_000)

    /// HIGH with slices that hang together, as rock does.
    private func solid(seed: UInt64, edge: Int) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        let grains = (0..<(edge * edge * edge / 900)).map { _ in
            (
                (0..<3).map { _ in Double.random(in: 0..<Double(edge), using: &generator) },
                Double.random(in: 4...9, using: &generator),
                Float.random(in: 0.5...0.8, using: &generator)
            )
        }
        var volume = Volume(shape: Shape(edge: edge), repeating: Float(0.2))
        for (centre, radius, grey) in grains {
            func reach(_ c: Double) -> Range<Int> {
                max(0, Int(c - radius))..<min(edge, Int(c + radius) + 1)
            }
            for z in reach(centre[0]) {
                for y in reach(centre[1]) {
                    for x in reach(centre[2]) {
                        let (dz, dy, dx) = (
                            Double(z) - centre[0], Double(y) - centre[1], Double(x) - centre[2]
                        )
                        if dz * dz + dy * dy + dx * dx < radius * radius { volume[z, y, x] = grey }
                    }
                }
            }
        }
        return volume
    }

    /// A scanner of known faults.
    private func scanner(
        place: ScanPlace, seed: UInt64, rings: Double = 0.015
    ) -> FittedDegradation {
        FittedDegradation(
            scale: 4, place: place, greys: greys, sigmaInSlice: 0.8, sigmaAcrossSlices: 0.45,
            gain: 1.2, offset: -0.05,
            // Photon noise: a ramp, tapered.
            noise: RadialSpectrum(
                blockEdge: 24,
                powers: (0...17).map { bin in
                    let frequency = Double(bin) / 24
                    return 2e-3 * frequency * max(0, cos(.pi * min(frequency, 0.5)))
                }),
            rings: Rings(amplitude: rings), noiseSeed: seed)
    }

    private func pairs(_ seeds: Range<UInt64>, rings: Double = 0.015) -> [RegisteredPair] {
        seeds.map { seed in
            let high = solid(seed: seed, edge: 96)
            let place = ScanPlace(axisRow: -20, axisColumn: 10, fieldRadius: 100)
            let low = scanner(place: place, seed: seed, rings: rings).apply(to: high)
            return RegisteredPair(low: low, high: high, scale: 4, place: place)
        }
    }

    @Test func `finds the scanner's blur, grey line, noise and rings`() throws {
        let fit = try DegradationFit(to: pairs(1..<3))
        #expect(abs(fit.sigmaInSlice.value - 0.8) < 0.02)
        #expect(abs(fit.sigmaAcrossSlices.value - 0.45) < 0.03)
        #expect(abs(fit.gain.value - 1.2) < 0.01)
        #expect(abs(fit.level.value - (1.2 * fit.pivot - 0.05)) < 0.005)
        // Correlated noise makes circles too, and only what is beyond it counts.
        #expect(abs(fit.ringAmplitude.value - 0.015) < 0.004)
        #expect(fit.sigmaInSlice.spread < 0.05 && fit.gain.spread < 0.05)
        let quiet = try DegradationFit(to: pairs(1..<3, rings: 0))
        #expect(quiet.ringAmplitude.value < 0.004)
        let truth = scanner(
            place: ScanPlace(axisRow: 0, axisColumn: 0, fieldRadius: 1), seed: 1
        ).noise
        for frequency in [0.2, 0.25, 0.3, 0.35, 0.4] {
            let found = quiet.noise.power(at: frequency) / truth.power(at: frequency)
            #expect(abs(found - 1) < 0.2, "\(frequency): \(found)")
        }
    }

    @Test func `is several times nearer to held-out scans than the default ranges`() throws {
        let fit = try DegradationFit(to: pairs(1..<3))
        let heldOut = pairs(7..<8)[0]
        let fitted = DegradationProfile.fitted(fit).distance(to: [(heldOut, greys)], seed: 1)
        let standard = DegradationProfile.standard.distance(to: [(heldOut, greys)], seed: 1)
        #expect(standard.spectrum > 5 * fitted.spectrum, "\(standard) \(fitted)")
        #expect(standard.histogram > 5 * fitted.histogram, "\(standard) \(fitted)")
        // Of a scan to itself there is none.
        let none = DegradationDistance(from: [heldOut.low], to: [heldOut.low])
        #expect(none.spectrum == 0 && none.histogram == 0)
    }

    @Test func `means the same in stored and in normalised grey values`() throws {
        let (low, high) = (2_000.0...5_000.0, 1_000.0...9_000.0)
        let normalised = pairs(1..<2)
        let stored = normalised.map { pair in
            RegisteredPair(
                low: pair.low.map { $0 * 3_000 + 2_000 },
                high: pair.high.map { $0 * 8_000 + 1_000 }, scale: 4, place: pair.place)
        }
        let direct = try DegradationFit(to: normalised)
        let seen = try DegradationFit(to: stored).normalised(low: low, high: high)
        #expect(abs(direct.sigmaInSlice.value - seen.sigmaInSlice.value) < 0.005)
        #expect(abs(direct.gain.value / seen.gain.value - 1) < 1e-3)
        #expect(abs(direct.level.value - seen.level.value) < 1e-3)
        #expect(abs(direct.pivot - seen.pivot) < 1e-4)
        #expect(abs(direct.noise.variance / seen.noise.variance - 1) < 0.01)
    }

    @Test func `refuses pairs that tell nothing`() {
        #expect(throws: DegradationError.self) { try DegradationFit(to: []) }
        let place = ScanPlace(axisRow: 0, axisColumn: 0, fieldRadius: 50)
        let small = RegisteredPair(
            low: rock(8, 8, depth: 2), high: rock(16, 16, depth: 4), scale: 2, place: place)
        #expect(throws: DegradationError.self) { try DegradationFit(to: [small]) }
        let high = solid(seed: 1, edge: 32)
        let low = FittedDegradation.blurred(high, scale: 2, inSlice: 0.5, acrossSlices: 0.5)
        let inverted = RegisteredPair(
            low: low.map { 1 - $0 }, high: high, scale: 2, place: place)
        #expect(throws: DegradationError.self) { try DegradationFit(to: [inverted]) }
    }
}

@Suite struct `A degradation profile` {
    @Test(arguments: ["classic", "real-esrgan", "bsrgan", "tomography"])
    func `is known by its name, and draws degradations that can be stored`(name: String) throws {
        let profile = try #require(DegradationProfile(name: name))
        #expect(profile.name == name)
        #expect(
            try JSONDecoder().decode(
                DegradationProfile.self, from: JSONEncoder().encode(profile)) == profile)
        let place = ScanPlace(row: 0, column: 0, scanHeight: 100, scanWidth: 100)
        for seed in 0..<8 {
            var (first, second) = (SplitMix64(seed: UInt64(seed)), SplitMix64(seed: UInt64(seed)))
            let drawn = profile.draw(scale: 3, place: place, greys: ScanGreys(), using: &first)
            #expect(drawn.profile == name)
            #expect(
                drawn == profile.draw(scale: 3, place: place, greys: ScanGreys(), using: &second))
            let again = try JSONDecoder().decode(
                Degradation.self, from: JSONEncoder().encode(drawn))
            let high = rock(24, 27)
            #expect(again.apply(to: high) == drawn.apply(to: high))
            #expect(drawn.apply(to: high).shape == Shape(depth: 1, height: 8, width: 9))
        }
    }

    @Test func `has no fitted one without pairs`() {
        #expect(DegradationProfile(name: "fitted") == nil)
        #expect(DegradationProfile(name: "tomography") == .standard)
    }
}
