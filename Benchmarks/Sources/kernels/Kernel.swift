import Foundation
import TurnTaking

/// Something to be timed.
struct Kernel {
    /// The word that asks for it.
    let name: String
    /// Loads what it works on, then takes its turns.
    let takeTurns: (Inputs) throws -> Void

    /// - Parameters:
    ///   - name: The word that asks for it.
    ///   - load: What it works on, made before the first turn.
    ///   - warmsUp: Whether some slices can be worked on beforehand, so that no turn loads code or starts
    ///     threads.
    ///   - check: A number that tells results apart.
    ///   - work: One turn.
    init<Input, Made>(
        _ name: String, warmsUp: Bool = true, on load: @escaping (Inputs) throws -> Input,
        checking check: @escaping (Made) -> Double = { _ in .zero },
        _ work: @escaping (Input) throws -> Made
    ) {
        self.name = name
        takeTurns = { inputs in
            if warmsUp {
                _ = try work(try load(Inputs(paths: inputs.paths, depth: 48)))
            }
            let input = try load(inputs)
            returnFreedMemory()
            try Turns.take(checking: check) { try work(input) }
        }
    }

    /// All there are.
    static var all: [Kernel] { ofGreyValues + ofPores + ofMeasures + ofRegistration }
}

/// Gives back to the system what loading has freed, or a turn could use it again unseen.
///
/// By its name, as Swift does not see glibc's `malloc.h`; where there is no such function, nothing
/// happens.
private func returnFreedMemory() {
    guard let trim = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0)
}
