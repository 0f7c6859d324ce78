import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `Ways to move` {
    @Test(arguments: RegistrationOptions.Model.allCases, [false, true])
    func `are the derivatives of the map`(model: RegistrationOptions.Model, isImage: Bool) {
        var generator = SplitMix64(seed: 3)
        let motions = Motion.all(of: model, isImage: isImage)
        let middle = SIMD3(isImage ? 0 : 31.0, 47, -12)
        let reach = 25.0
        for index in motions.indices {
            for _ in 0..<4 {
                var point = middle + SIMD3<Double>.random(in: -40...40, using: &generator)
                if isImage { point[0] = 0 }
                // Of two steps to either side the second order falls out.
                let step = 1e-3
                func moved(_ amount: Double) -> SIMD3<Double> {
                    var amounts = [Double](repeating: 0, count: motions.count)
                    amounts[index] = amount
                    return Motion.transform(
                        amounts, of: model, isImage: isImage, about: middle, reach: reach)(point)
                }
                let slope = (moved(step) - moved(-step)) / (2 * step)
                let motion = SIMD3<Double>(motions[index](SIMD3<Float>((point - middle) / reach)))
                // Motions are in single precision.
                #expect((slope - motion).length < 1e-6, "\(model) \(index)")
            }
        }
    }

    @Test func `are as many as each model has unknowns`() {
        func count(_ model: RegistrationOptions.Model, _ isImage: Bool) -> Int {
            Motion.all(of: model, isImage: isImage).count
        }
        #expect(count(.shift, false) == 3 && count(.shift, true) == 2)
        #expect(count(.similarity, false) == 7 && count(.similarity, true) == 4)
        #expect(count(.affine, false) == 12 && count(.affine, true) == 6)
    }

    @Test(arguments: [false, true])
    func `of a similarity stay similarities when they are long`(isImage: Bool) {
        let middle = SIMD3(isImage ? 0 : 8.0, 10, 12)
        let amounts = isImage ? [3, -2, 9, 1] : [1, 3, -2, 9, 5, -7, 1.0]
        let map = Motion.transform(
            amounts, of: .similarity, isImage: isImage, about: middle, reach: 10)
        let rows = map.linear
        // An um of growth at a reach of ten.
        for i in (isImage ? 1 : 0)..<3 {
            for j in (isImage ? 1 : 0)..<3 {
                #expect(abs((rows[i] * rows[j]).sum() - (i == j ? 1.21 : 0)) < 1e-6)
            }
        }
        #expect(!isImage || rows[0] == SIMD3(1, 0, 0))
        let shift = isImage ? SIMD3(0, 3.0, -2) : SIMD3(1, 3, -2)
        #expect((map(middle) - middle - shift).length < 1e-9)
    }
}
