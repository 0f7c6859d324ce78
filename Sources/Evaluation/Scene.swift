public import Volumes

/// One place of a sample, as HIGH has it and as every method makes it.
public struct Scene: Sendable {
    /// The HIGH slice.
    public let slice: Int
    /// Rows and columns of it, in HIGH voxels.
    public let region: Region
    /// HIGH's grey values, normalised, one slice.
    public private(set) var high: Volume<Float>?
    /// Each method's.
    public private(set) var images: [EnlargingMethod: Volume<Float>] = [:]
    /// HIGH's pores at the catalog's threshold.
    public private(set) var highPores: Mask?
    /// Each method's.
    public private(set) var pores: [EnlargingMethod: Mask] = [:]

    /// HIGH voxels along a side, at the most.
    static let edge = 160

    private let lowSlice: Int

    /// The middle of a judged slice.
    init(of scans: PairScans, lowSlice: Int, slice: Int) {
        self.lowSlice = lowSlice
        self.slice = slice
        let shape = scans.highShape
        let (height, width) = (min(shape.height, Self.edge), min(shape.width, Self.edge))
        region = Region(
            z: slice, y: (shape.height - height) / 2, x: (shape.width - width) / 2,
            shape: Shape(depth: 1, height: height, width: width))
    }

    /// Keeps the place if it lies in a piece; `method` is nil for HIGH.
    mutating func takeImage(of method: EnlargingMethod?, _ images: Volume<Float>, _ piece: Piece) {
        guard piece.low.contains(lowSlice) else { return }
        let image = cut(images, at: lowSlice - piece.low.lowerBound)
        if let method { self.images[method] = image } else { high = image }
    }

    /// Keeps the pores of the place if it lies in a piece.
    mutating func takePores(
        of method: EnlargingMethod?, _ volume: Volume<Float>, _ piece: Piece, _ sweep: PoreSweep
    ) {
        guard piece.slices.contains(slice) else { return }
        let mask = sweep.pores(in: cut(volume, at: slice - piece.slices.lowerBound))
        if let method { pores[method] = mask } else { highPores = mask }
    }

    private func cut(_ volume: Volume<Float>, at slice: Int) -> Volume<Float> {
        volume.cropped(to: Region(z: slice, y: region.y, x: region.x, shape: region.shape))
    }
}
