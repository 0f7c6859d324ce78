/// The steps from scans to a catalog, in the order they run.
public enum Stage: String, CaseIterable, Sendable, Codable, Comparable {
    /// Scans into HDF5 at native depth, checked and summed.
    case ingest
    /// Where HIGH lies in LOW, and the pair on one lattice.
    case register
    /// The pore mask and the pore labels of HIGH.
    case segment
    /// Porosity and other parameters of the mask.
    case measure
    /// Samples into train, validation and test.
    case split
    /// The list of training patches of the pair.
    case patch
    /// The SQLite file and the page.
    case catalog

    /// What an earlier stage is to a later one.
    public static func < (left: Stage, right: Stage) -> Bool {
        left.position < right.position
    }

    private var position: Int { Stage.allCases.firstIndex(of: self) ?? 0 }

    /// Raised when a stage's outputs change for the same inputs and settings, so that workspaces of
    /// older versions redo it.
    var version: Int {
        switch self {
        case .register, .measure: 2
        case .ingest, .segment, .split, .patch, .catalog: 1
        }
    }
}
