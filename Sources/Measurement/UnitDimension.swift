public import Volumes

/// What a measured number measures, apart from the scale of the voxels.
///
/// With a voxel size lengths are micrometres (`um`); without one a voxel's edge is the length (`voxel`).
public enum UnitDimension: String, Codable, Sendable, CaseIterable {
    /// A part of a whole, 0...1.
    case fraction
    /// A count, or any other number without a unit.
    case number = "1"
    case length
    case perLength = "1/length"
    case area = "length^2"
    case perArea = "1/length^2"
    case volume = "length^3"
    case perVolume = "1/length^3"
    /// Kilopascals.
    case pressure

    /// The unit of such a number on voxels of a known or unknown size, as the catalog spells it.
    public func unit(at voxelSize: VoxelSize?) -> String {
        let length = voxelSize == nil ? "voxel" : "um"
        switch self {
        case .fraction: return "fraction"
        case .number: return "1"
        case .length: return length
        case .perLength: return "1/\(length)"
        case .area: return "\(length)2"
        case .perArea: return "1/\(length)2"
        case .volume: return "\(length)3"
        case .perVolume: return "1/\(length)3"
        case .pressure: return "kPa"
        }
    }
}
