import Report
import Testing

@Suite struct `Grey window` {
    @Test(arguments: [
        (Float(-5), UInt8(0)), (0, 0), (1, 3), (50, 128), (99, 252), (100, 255), (1e9, 255),
        (.infinity, 255), (-.infinity, 0),
    ])
    func `maps 0 to 100 onto black to white`(intensity: Float, grey: UInt8) {
        #expect(GreyWindow(black: 0, white: 100).grey(of: intensity) == grey)
    }

    @Test func `has no grey for NaN`() {
        #expect(GreyWindow(black: 0, white: 1).grey(of: .nan) == nil)
    }

    @Test func `of one intensity draws that one middle grey`() {
        let window = GreyWindow(black: 7, white: 7)
        #expect([6, 7, 8].map { window.grey(of: $0) } == [0, 128, 255])
    }

    @Test func `never falls while intensities rise`() {
        let window = GreyWindow(black: -3.7, white: 812.5)
        let greys = stride(from: Float(-100), to: 1000, by: 0.37).compactMap(window.grey)
        #expect(zip(greys, greys.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(Set(greys).count == 256)
    }
}
