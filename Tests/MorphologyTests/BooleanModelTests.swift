import Foundation
import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `A Boolean model` {
    @Test func `is the same from the same seed everywhere`() {
        // Drawn and rendered by numpy from the same recipe: germs, voxels in pores, weighted sum.
        let model = BooleanModel(
            shape: Shape(depth: 40, height: 36, width: 44), radius: 6, porosity: 0.3, seed: 9)
        #expect(model.germs.count == 186)
        #expect(model.mask.array.count { $0 } == 18_369)
        #expect(model.mask.map { $0 ? UInt8(1) : 0 }.weightedSum == 556_815_784)
    }

    /// Its pores are as far from solid as theory has it: P(d) = exp(-eta ((1 + d/R)^3 - 1)).
    @Test func `has pore distances as theory knows them`() {
        let radius = 12.0
        let mask = BooleanModel(shape: Shape(edge: 96), porosity: 0.4, seed: 1).mask
        let distances = squaredDistanceTransform(of: mask)
        let pores = Double(mask.array.count { $0 })
        for distance in [2.0, 3, 4] {
            // A distance goes to the centre of a solid voxel, a third of a voxel behind the surface.
            let square = UInt32((distance * distance).rounded())
            let share = Double(distances.array.count { $0 > square }) / pores
            let depth = (distance - 0.33) / radius
            let theory = exp(log(0.4) * (pow(1 + depth, 3) - 1))
            // Some forty independent pores: the share's own spread is about 0.03.
            #expect(abs(share - theory) < 0.06)
        }
    }
}
