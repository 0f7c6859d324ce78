public import PoreNetwork

/// What is to be found in a pore space, by name.
///
/// A name is that of a measurement, which stands for all that it finds, or of one parameter or curve;
/// manifests and `tomopair measure --only` take the same ones.
public struct MeasurementChoice: Hashable, Sendable {
    /// The names of the parameters and curves chosen.
    public let names: Set<String>

    /// All that is found without solving an equation.
    public static let unsolved = MeasurementChoice(PoreMeasurement.costing(atMost: .volume))
    /// All that there is.
    public static let everything = MeasurementChoice(PoreMeasurement.all)

    private init(names: Set<String>) { self.names = names }

    private init(_ measurements: [PoreMeasurement]) {
        names = measurements.reduce(into: []) { $0.formUnion($1.names) }
    }

    /// Chooses what the words name, at least one.
    ///
    /// - Throws: ``MeasurementError/unknownName(_:)`` and ``MeasurementError/nothingChosen``.
    public init(only words: [String]) throws(MeasurementError) {
        var names: Set<String> = []
        for word in words {
            if let measurement = PoreMeasurement.all.first(where: { $0.name == word }) {
                names.formUnion(measurement.names)
            } else if Self.everything.names.contains(word) {
                names.insert(word)
            } else {
                throw .unknownName(word)
            }
        }
        guard !names.isEmpty else { throw .nothingChosen }
        self.names = names
    }

    /// Every word that chooses something: measurements first, then what they find, in the order in
    /// which it is shown.
    public static var words: [String] {
        PoreMeasurement.all.map(\.name)
            + PoreMeasurement.all.flatMap { $0.parameters.map(\.name) + $0.curves.map(\.name) }
    }

    /// All of these words in a line, for whoever wrote another.
    public static var listing: String { "there are \(words.joined(separator: ", "))" }

    /// Whether an equation has to be solved.
    public var isSolved: Bool { !equations.isEmpty }

    /// The same, and with what is solved the size and the porosity of the part it is solved on, without
    /// which nobody can compare it.
    public var withPartSolved: MeasurementChoice {
        isSolved
            ? MeasurementChoice(names: names.union(TransportDefinitions.part.map(\.name))) : self
    }

    /// The equations that have to be solved.
    var equations: Set<SolvedEquation> {
        Set(SolvedEquation.allCases.filter { !names.isDisjoint(with: $0.names) })
    }

    /// The measurements that find what is chosen, and of the solved ones no more than that takes.
    ///
    /// - Parameters:
    ///   - plan: How equations are solved.
    ///   - partition: What parts pores from each other, and grains.
    public func measurements(
        solving plan: SolverPlan = SolverPlan(), partedBy partition: PorePartition = .prominence
    ) -> [PoreMeasurement] {
        PoreMeasurement.all(solving: plan.solving(only: equations), partedBy: partition).filter {
            !$0.names.isDisjoint(with: names)
        }
    }

    /// What is chosen of what was found.
    public func chosen(of findings: PoreFindings) -> PoreFindings { findings.only(names) }
}
