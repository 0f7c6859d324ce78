import ArgumentParser
import VolumeFiles

/// The process in which foreign HDF5 is decoded; started by the program itself.
struct DecodeWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode-worker", abstract: "Decodes HDF5 for another tomopair.",
        shouldDisplay: false)

    func run() throws {
        let status = runHDF5DecodeWorker()
        guard status == 0 else { throw ExitCode(status) }
    }
}
