import Testing

@testable import Transport

@Suite struct `Estimates of permeability` {
    @Test func `by Kozeny and Carman are right for round tubes with a constant of 2`() {
        // Tubes of radius r that fill a share phi: S = 2 phi / r, k = phi r^2 / 8.
        let (porosity, radius) = (0.3, 4.0)
        let found = kozenyCarmanPermeability(
            porosity: porosity, surfacePerVolume: 2 * porosity / radius, constant: 2)
        #expect(isClose(found, porosity * radius * radius / 8, within: 1e-12))
    }

    @Test func `by Carman for balls of 100 micrometres at 40 per cent are ten darcy`() {
        // 1e4 um^2 x 0.064 / (180 x 0.36) = 9.877 um^2, and a darcy is 0.9869233 um^2.
        let found = carmanPermeability(porosity: 0.4, grainDiameter: 100)
        #expect(isClose(found, 9.8765, within: 1e-4))
        #expect(
            isClose(
                found * 1e-12 / Transport.Permeability.squareMetresPerDarcy, 10.007, within: 1e-3))
    }

    @Test func `by Katz and Thompson are zero where nothing percolates`() {
        #expect(katzThompsonPermeability(criticalDiameter: 10, formationFactor: nil) == 0)
        let found = katzThompsonPermeability(criticalDiameter: 22.6, formationFactor: 10)
        #expect(isClose(found, 0.226, within: 1e-9))
    }
}
