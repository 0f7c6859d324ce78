public import SystemPackage

/// A reason a network cannot be trained.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The recipe asks for something that is not built yet.
    case notBuilt(String)
    /// The folder holds a run already.
    case runExists(FilePath)
    /// There is no run to go on with.
    case nothingToResume(FilePath)
    /// The run was begun with another recipe or other patches or files.
    case differs(FilePath, what: String)
    /// A checkpoint does not hold what it should.
    case damagedCheckpoint(FilePath, reason: String)
    /// There is no trained network.
    case noNetwork(FilePath, reason: String)
    /// Steps in a row whose loss or gradient was no number.
    case notFinite(step: Int, count: Int, patches: [String])
    /// The network, or what judges it, does not take samples of the recipe's extent.
    case unfitPatch(Int, what: String, multiple: Int)
    /// A phase of the recipe comes to no step.
    case emptyPhase(String)
    /// The phase is to end by a figure that nothing measures.
    case nothingToJudgeBy(phase: String)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .notBuilt(let what): "The recipe asks for \(what), which is not built yet."
        case .runExists(let folder):
            "\(folder) holds a run already. Give --resume to go on with it, or another --name."
        case .nothingToResume(let folder):
            "\(folder) holds no run to go on with. Leave --resume out to begin."
        case .differs(let folder, let what):
            "The run in \(folder) was begun with \(what). Give another --name for a new run."
        case .damagedCheckpoint(let folder, let reason):
            "The checkpoint \(folder) is damaged: \(reason). Remove it to go on from the one before."
        case .noNetwork(let path, let reason):
            "\(path) is no trained network: \(reason). Give the folder of a run or of a checkpoint, "
                + "or the file network.safetensors in one."
        case .notFinite(let step, let count, let patches):
            "The loss or its gradient was no number in \(count) steps up to step \(step), at last with "
                + "the patches \(patches.joined(separator: ", ")). Look at them, or lower the learning "
                + "rate or the gradient clip."
        case .unfitPatch(let patch, let what, let multiple):
            "A patch of \(patch) does not fit \(what), which takes multiples of \(multiple). Take a "
                + "'patch' of \(max(patch / multiple, 1) * multiple) in the recipe."
        case .emptyPhase(let name):
            "The phase '\(name)' comes to no step: it is shorter than the gradients of one. Make it "
                + "longer, or accumulate less."
        case .nothingToJudgeBy(let phase):
            "The phase '\(phase)' ends early by a figure of validation samples, and the catalog has "
                + "none. Give the catalog a validation part, or leave early_stop out."
        }
    }
}
