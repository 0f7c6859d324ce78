public import ArgumentParser
public import Console
public import TrainingRecipe
public import VolumeFiles
public import Volumes

extension ByteCount: ExpressibleByArgument {}
extension JudgedBy: ExpressibleByArgument {}
extension ScanFormat: ExpressibleByArgument {}
extension ElementType: ExpressibleByArgument {}

/// Grey values from one to another, as `LOW:HIGH`.
struct GreyRange: ExpressibleByArgument {
    let range: ClosedRange<Double>

    init?(argument: String) {
        let ends = argument.split(separator: ":", omittingEmptySubsequences: false)
            .map { Double($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low < high, low.isFinite,
            high.isFinite
        else { return nil }
        range = low...high
    }
}
