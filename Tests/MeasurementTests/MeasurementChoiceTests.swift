import Measurement
import Testing
import TestSupport
import Volumes

@Suite struct `A choice of measurements` {
    @Test func `has words that each mean one thing`() {
        let words = MeasurementChoice.words
        #expect(Set(words).count == words.count)
        #expect(words.first == "porosity")
        #expect(words.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
        #expect(Set(PoreMeasurement.all.map(\.name)).isSubset(of: words))
        #expect(MeasurementChoice.everything.names.isSubset(of: words))
    }

    @Test(arguments: MeasurementChoice.words)
    func `finds what it names, and nothing else`(word: String) throws {
        let choice = try MeasurementChoice(only: [word])
        let measurement = PoreMeasurement.all.first { $0.name == word }
        #expect(choice.names == measurement?.names ?? [word])
        let made = choice.measurements()
        #expect(made.count == 1)
        #expect(made.allSatisfy { !$0.names.isDisjoint(with: choice.names) })
    }

    @Test func `takes measurements, parameters and curves together, in the order of all`() throws {
        let choice = try MeasurementChoice(
            only: ["pore_count", "porosity", "two_point_cluster", "porosity_total"])
        #expect(choice.measurements().map(\.name) == ["porosity", "clusters", "network"])
        #expect(choice.names.contains("porosity_closed") && !choice.names.contains("grain_count"))
        #expect(!choice.isSolved)
    }

    @Test func `refuses a strange name and says what there is`() {
        #expect(throws: MeasurementError.unknownName("porsity")) {
            try MeasurementChoice(only: ["porosity_total", "porsity"])
        }
        #expect(throws: MeasurementError.nothingChosen) { try MeasurementChoice(only: []) }
        let text = MeasurementError.unknownName("porsity").description
        #expect(MeasurementChoice.words.allSatisfy(text.contains))
        #expect(!text.contains("\n"))
    }

    @Test func `solves nothing unless that is named`() throws {
        #expect(!MeasurementChoice.unsolved.isSolved && MeasurementChoice.everything.isSolved)
        #expect(
            MeasurementChoice.unsolved.measurements().map(\.name)
                == PoreMeasurement.costing(atMost: .volume).map(\.name))
        #expect(
            MeasurementChoice.everything.measurements().map(\.name)
                == PoreMeasurement.all.map(\.name))
    }

    @Test func `knows of every solved parameter which equation gives it`() throws {
        for parameter in PoreMeasurement.transport.parameters {
            let choice = try MeasurementChoice(only: [parameter.name])
            #expect(choice.isSolved != parameter.name.hasPrefix("solved_"), "\(parameter.name)")
        }
    }

    @Test func `names the part solved with what is solved, if asked`() throws {
        let flow = try MeasurementChoice(only: ["permeability", "chord_length_pore"])
        #expect(
            flow.withPartSolved.names
                == flow.names.union(["solved_voxel_count", "solved_porosity"]))
        #expect(MeasurementChoice.unsolved.withPartSolved == .unsolved)
        #expect(MeasurementChoice.everything.withPartSolved == .everything)
    }

    /// A part of the two equations is all that its own names take.
    @Test(arguments: [
        ("formation_factor", "relative_diffusivity"), ("permeability_katz_thompson", "tortuosity"),
        ("permeability", "permeability"),
    ])
    func `solves no more than it takes`(name: String, other: String) throws {
        let mask = randomMask(Shape(edge: 8), porosity: 0.7, seed: 5)
        let choice = try MeasurementChoice(only: [name])
        let found = try measurePores(of: mask, by: choice.measurements())
        let all = try measurePores(of: mask, by: [.transport])
        let isFlow = name == "permeability"
        let names = Set(found.parameters.map(\.name))
        #expect(names.contains(name) && names.contains(other))
        #expect(names.contains("permeability") == isFlow)
        #expect(names.contains("relative_diffusivity") != isFlow)
        #expect(
            choice.chosen(of: found).parameters == all.parameters.filter { $0.name == name })
        #expect(Set(choice.chosen(of: found).parameters.map(\.name)) == [name])
        #expect(found.skipped.allSatisfy { $0.name.contains("permeability") == isFlow })
    }
}
