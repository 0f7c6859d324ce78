import Foundation
import Measurement
import Morphology
import Registration
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

/// Times one kernel on a volume and prints the median wall and CPU seconds of a run.
///
///     kernels KERNEL ROUNDS VOLUME.npy [HIGH.npy]
@main
struct Kernels {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let rounds = Int(arguments[2]), rounds > 0 else {
            FileHandle.standardError.write(Data("kernels KERNEL ROUNDS VOLUME [HIGH]\n".utf8))
            exit(64)
        }
        let slab = try openScan(ScanLocation(FilePath(arguments[3]))).readAll()
        let work = try kernel(arguments[1], slab, high: arguments.dropFirst(4).first)
        var runs: [(wall: Double, cpu: Double)] = []
        for _ in 0..<rounds {
            let clock = ContinuousClock()
            let (began, cpu) = (clock.now, processorSeconds())
            try work()
            runs.append((began.duration(to: clock.now) / .seconds(1), processorSeconds() - cpu))
        }
        let middle = runs.sorted { $0.wall < $1.wall }[rounds / 2]
        print("\(middle.wall) \(middle.cpu)")
    }

    static func kernel(_ name: String, _ slab: RawSlab, high: String?) throws -> () throws -> Void {
        switch name {
        case "segment": return { _ = try segment(slab).poreCount }
        case "distance":
            let mask = slab.convert(to: Float.self).map { $0 == 0 }
            return { _ = squaredDistanceTransform(of: mask) }
        case "components":
            let mask = slab.convert(to: Float.self).map { $0 == 0 }
            return { _ = ConnectedComponents(of: mask).labels() }
        case "porosity":
            let mask = slab.convert(to: Float.self).map { $0 == 0 }
            return { _ = try measurePorosity(of: mask) }
        case "register":
            guard let high, let coarse = VoxelSize(micrometres: 4),
                let fine = VoxelSize(micrometres: 1)
            else { throw UnknownKernel(name: "register without HIGH") }
            let low = slab.convert(to: Float.self, voxelSize: coarse)
            let moving = try openScan(ScanLocation(FilePath(high))).readAll()
                .convert(to: Float.self, voxelSize: fine)
            return { _ = try register(low: low, high: moving) }
        default: throw UnknownKernel(name: name)
        }
    }

    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A kernel nobody knows.
struct UnknownKernel: Error {
    let name: String
}
