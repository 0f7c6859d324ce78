import Foundation

/// Loads a volume and times one kernel on it, a turn for every line on standard input (see `Turns`).
///
///     kernels KERNEL VOLUME.npy [SECOND.npy]
@main
struct Kernels {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first, arguments.count >= 2,
            let kernel = Kernel.all.first(where: { $0.name == name })
        else {
            let names = Kernel.all.map(\.name).joined(separator: ", ")
            FileHandle.standardError.write(
                Data("kernels KERNEL VOLUME.npy [SECOND.npy]\nKernels: \(names)\n".utf8))
            exit(64)
        }
        try kernel.takeTurns(Inputs(paths: Array(arguments.dropFirst())))
    }
}
