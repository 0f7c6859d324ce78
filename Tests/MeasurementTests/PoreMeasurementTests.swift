import Measurement
import TestSupport
import Testing
import Volumes

@Suite struct `All measurements of pores` {
    @Test func `are those of each, in order`() throws {
        let mask = ballMask()
        let all = try measurePores(of: mask)
        #expect(all == (try measurePorosity(of: mask)))
        #expect(all.first?.name == "porosity_total")
        #expect(PoreMeasurement.all.map(\.name).first == "porosity")
    }

    @Test func `say which parameters mean in a slice what they mean in a volume`() throws {
        let mask = ballMask()
        let depth = Double(mask.shape.depth)
        for measurement in PoreMeasurement.all {
            for name in measurement.ofSlices {
                let whole = try #require(try measurement(mask).first { $0.name == name })
                let slices = try (0..<mask.shape.depth).map { z in
                    let slice = mask.cropped(
                        to: Region(z: z, y: 0, x: 0, shape: mask.shape.withDepth(1)))
                    return try #require(try measurement(slice).first { $0.name == name }).value
                }
                #expect(abs(slices.reduce(0, +) / depth - whole.value) < 1e-12, "\(name)")
            }
        }
    }
}
