/// A way to make HIGH voxels of LOW ones.
public enum EnlargingMethod: String, Codable, Sendable, CaseIterable {
    /// LOW voxels as blocks: what is known without any guess.
    case nearest
    /// Keys' cubic (1981, doi:10.1109/TASSP.1981.1163711) with a = -1/2, mirrored at the faces: the
    /// bicubic enlargement of MATLAB, which papers compare with.
    case bicubic
    /// The windowed sinc of three lobes on each side, mirrored at the faces.
    case lanczos
    /// The network.
    case sr

    /// As tables and pictures name it.
    public var title: String {
        switch self {
        case .nearest: "LOW (nearest)"
        case .bicubic: "bicubic"
        case .lanczos: "Lanczos"
        case .sr: "network"
        }
    }
}
