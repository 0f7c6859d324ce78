public import SystemPackage

/// A reason a network cannot be trained.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
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
    /// The weights to begin with are not the network's.
    case unfitStart(FilePath, reason: String)
    /// The weights to begin with have learnt from what this catalog holds back.
    case mixesSamples(FilePath, samples: [String], part: String)
    /// The pairs tell nothing of the scanner that a degradation could be fitted to.
    case nothingToFit(reason: String)
    /// The precision is one of GPUs alone.
    case needsGPU(precision: String)
    /// The recipe compares a layer that the network of features does not have.
    case unknownLayer(String, network: String, known: [String])
    /// A file is not the weights of VGG19.
    case unfitFeatures(FilePath, reason: String)
    /// The weights of the run's own network of features are not what was written.
    case damagedFeatures(FilePath, record: FilePath)
    /// The network, or what judges it, does not take samples of the recipe's extent.
    case unfitPatch(Int, what: String, multiple: Int)
    /// Samples are smaller than what is computed on them allows.
    case patchTooSmall(Int, what: String, least: Int)
    /// A phase of the recipe comes to no step.
    case emptyPhase(String)
    /// The phase is to end by a figure that nothing measures.
    case nothingToJudgeBy(phase: String)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
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
        case .unfitStart(let path, let reason):
            "The network cannot begin with \(path): \(reason). Give weights of the same network, or take "
                + "what fits with 'load: matching'."
        case .mixesSamples(let path, let samples, let part):
            "\(path) has learnt from \(samples.joined(separator: ", ")), which this catalog keeps for "
                + "'\(part)': nothing measured there would hold. Begin with other weights, or pin the "
                + "samples to one part in the manifest."
        case .nothingToFit(let reason):
            "No degradation can be fitted to the training samples: \(reason). Take 'degradation: "
                + "tomography', which needs no fit."
        case .needsGPU(let precision):
            "'precision: \(precision)' needs a GPU. Take fp32 or bf16 on the processor."
        case .unknownLayer(let layer, let network, let known):
            "There is no layer '\(layer)' in the network of features '\(network)'. Take one of "
                + "\(known.joined(separator: ", "))."
        case .unfitFeatures(let path, let reason):
            "\(path) cannot be used as the weights of VGG19: \(reason). Save torchvision's vgg19 there, "
                + "as its state dictionary, or write 'network: catalog' in the recipe."
        case .damagedFeatures(let path, let record):
            "\(path) is not what was written. Remove it and \(record) to train the network of features "
                + "again."
        case .unfitPatch(let patch, let what, let multiple):
            "A patch of \(patch) does not fit \(what), which takes multiples of \(multiple). Take a "
                + "'patch' of \(max(patch / multiple, 1) * multiple) in the recipe."
        case .patchTooSmall(let patch, let what, let least):
            "A patch of \(patch) is too small for \(what), which needs \(least). Take a larger 'patch' in "
                + "the recipe."
        case .emptyPhase(let name):
            "The phase '\(name)' comes to no step: it is shorter than the gradients of one. Make it "
                + "longer, or accumulate less."
        case .nothingToJudgeBy(let phase):
            "The phase '\(phase)' ends early by a figure of validation samples, and the catalog has "
                + "none. Give the catalog a validation part, or leave early_stop out."
        }
    }
}
