import Torch

/// A network from LOW images to HIGH images `scale` times as large.
public protocol SuperResolutionNetwork: Layer {
    /// How many HIGH pixels one LOW pixel becomes along each axis.
    var scale: Int { get }

    /// The height and width of an input have to be multiples of this.
    var inputMultiple: Int { get }

    /// How many HIGH pixels are missing on each side of the result, where the network lays nothing
    /// around its input.
    var outputMargin: Int { get }

    /// Which LOW pixels the HIGH pixels of `output` depend on, far from the border; nil if it is all
    /// of them.
    func reach(of output: Reach) -> Reach?
}

extension SuperResolutionNetwork {
    /// None are missing, usually.
    public var outputMargin: Int { 0 }

    /// Any size will do, usually.
    public var inputMultiple: Int { 1 }

    /// How many LOW pixels beyond a tile have to be given with it, so that the tile comes out as it
    /// would from the whole image; nil if only the whole image will do.
    ///
    /// Tiles begin at multiples of ``inputMultiple``, and so does the halo.
    public var halo: Int? {
        let step = inputMultiple
        guard let reach = reach(of: Reach(0, step * scale - 1)) else { return nil }
        let needed = max(-reach.first, reach.last - (step - 1), 0)
        return (needed + step - 1) / step * step
    }
}
