public import ArgumentParser
public import VolumeFiles
public import Volumes

extension ScanFormat: ExpressibleByArgument {}
extension ElementType: ExpressibleByArgument {}

/// `z0:z1,y0:y1,x0:x1`, where a missing number is the end of its axis.
struct CropRanges: ExpressibleByArgument {
    private let bounds: [(from: Int?, to: Int?)]

    init?(argument: String) {
        let ranges = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard ranges.count == 3 else { return nil }
        var bounds: [(from: Int?, to: Int?)] = []
        for range in ranges {
            let ends = range.split(separator: ":", omittingEmptySubsequences: false)
            guard ends.count == 2 || range.isEmpty else { return nil }
            let numbers = ends.map { $0.isEmpty ? nil : Int($0) }
            guard zip(ends, numbers).allSatisfy({ $0.isEmpty || ($1 ?? -1) >= 0 }) else {
                return nil
            }
            bounds.append(range.isEmpty ? (nil, nil) : (numbers[0], numbers[1]))
        }
        self.bounds = bounds
    }

    /// The box in a grid of `shape`.
    func region(in shape: Shape) throws -> Region {
        let extents = [shape.depth, shape.height, shape.width]
        let ranges = try zip(bounds, extents).map { bound, extent in
            let from = bound.from ?? 0
            let to = bound.to ?? extent
            guard from < to, to <= extent else {
                throw CommandWasWrong(
                    description: "--crop \(from):\(to) leaves an axis of \(extent) voxels")
            }
            return from..<to
        }
        guard let region = Region(z: ranges[0], y: ranges[1], x: ranges[2]) else {
            throw CommandWasWrong(description: "--crop keeps no voxel")
        }
        return region
    }
}

/// `LOW:HIGH` or `auto`.
struct WindowArgument: ExpressibleByArgument {
    let window: ScanConversion.Window

    init?(argument: String) {
        if argument == "auto" {
            window = .automatic
            return
        }
        let ends = argument.split(separator: ":").compactMap { Double($0) }
        guard ends.count == 2, ends[0] < ends[1], ends[0].isFinite, ends[1].isFinite else {
            return nil
        }
        window = .fixed(ends[0]...ends[1])
    }
}
