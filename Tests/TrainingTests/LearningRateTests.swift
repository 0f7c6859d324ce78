import Testing

@testable import Training
@testable import TrainingRecipe

@Suite struct `The learning rate` {
    private func rates(
        _ course: ScheduleRecipe.Course, warmUp: RunLength = .steps(0), rate: Double = 1e-3,
        steps: Int, perEpoch: Double = 4
    ) -> [Double] {
        let schedule = LearningRate(
            schedule: ScheduleRecipe(course: course, warmUp: warmUp), rate: rate, steps: steps,
            stepsPerEpoch: perEpoch)
        return (0..<steps).map { schedule($0) }
    }

    private func areEqual(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-9 * abs($1) + 1e-15 }
    }

    @Test func `stays where it is constant`() {
        #expect(rates(.constant, steps: 3) == [1e-3, 1e-3, 1e-3])
    }

    @Test func `rises in equal steps while it warms up`() {
        let found = rates(.constant, warmUp: .epochs(1), steps: 6)
        #expect(areEqual(found, [0.25e-3, 0.5e-3, 0.75e-3, 1e-3, 1e-3, 1e-3]))
    }

    /// What PyTorch 2.13's CosineAnnealingLR(T_max=10, eta_min=1e-7) gives from 2e-4 on.
    private let cosine = [
        0.0002, 0.00019510809880370062, 0.000180911248587776, 0.0001587991359666327,
        0.000130936248587776, 0.00010005, 6.916375141222402e-05, 4.130086403336732e-05,
        1.9188751412224014e-05, 4.991901196299405e-06,
    ]

    @Test func `follows half a cosine`() {
        #expect(areEqual(rates(.cosine(final: 1e-7, cycles: 1), rate: 2e-4, steps: 10), cosine))
    }

    @Test func `begins the cosine again with each cycle`() {
        let found = rates(.cosine(final: 1e-7, cycles: 3), rate: 2e-4, steps: 30)
        #expect(areEqual(found, cosine + cosine + cosine))
    }

    @Test func `follows the cosine behind the warm-up`() {
        let found = rates(
            .cosine(final: 1e-7, cycles: 1), warmUp: .steps(2), rate: 2e-4, steps: 12)
        #expect(areEqual(found, [1e-4, 2e-4] + cosine))
    }

    /// What PyTorch 2.13's OneCycleLR(max_lr=1e-3, total_steps=20, pct_start=0.3) gives.
    @Test func `goes up and down in one cycle`() {
        let found = rates(.oneCycle(peak: 0.3), steps: 20)
        #expect(
            areEqual(
                found,
                [
                    3.9999999999999996e-05, 0.0001316718427000252, 0.0003716718427000253,
                    0.0006683281572999747, 0.0009083281572999747, 0.001, 0.0009874640062350875,
                    0.0009504846320134736, 0.0008909161775710499, 0.000811745653949763,
                    0.0007169430017913008, 0.0006112620219362892, 0.0005000019999999999,
                    0.00038874197806371076, 0.0002830609982086992, 0.00018825834605023698,
                    0.00010908782242895002, 4.9519367986526286e-05, 1.2539993764912554e-05, 4e-09,
                ]))
    }

    @Test func `falls at milestones, counted in steps or epochs`() {
        let expected = [1e-3, 1e-3, 1e-3, 1e-3, 5e-4, 5e-4, 5e-4, 5e-4, 2.5e-4]
        #expect(
            areEqual(
                rates(.steps(milestones: [.steps(4), .steps(8)], factor: 0.5), steps: 9), expected))
        #expect(
            areEqual(
                rates(.steps(milestones: [.epochs(1), .epochs(2)], factor: 0.5), steps: 9), expected
            ))
    }

    @Test(arguments: [1, 2, 3])
    func `is positive and no larger than asked for, however short the phase`(steps: Int) {
        let courses: [ScheduleRecipe.Course] = [
            .constant, .cosine(final: 1e-7, cycles: 1), .oneCycle(peak: 0.3),
            .steps(milestones: [.steps(1)], factor: 0.5),
        ]
        for course in courses {
            for rate in rates(course, steps: steps) { #expect(rate > 0 && rate <= 1e-3) }
        }
    }
}
