import Torch

/// The pixels along one axis, first to last, that a layer's result depends on.
///
/// A network walks it from its output back to its input, which gives the margin that a tile needs so
/// that its inside is what the whole image would give.
public struct Reach: Hashable, Sendable {
    /// The first pixel.
    public let first: Int
    /// The last pixel.
    public let last: Int

    /// The pixels `first` to `last`, both included.
    public init(_ first: Int, _ last: Int) {
        precondition(first <= last, "a reach holds at least one pixel")
        self.first = first
        self.last = last
    }

    /// What `layers` convolutions of that kernel, of stride one and centred, need.
    func convolved(_ kernel: Int = 3, layers: Int = 1) -> Reach {
        Reach(first - kernel / 2 * layers, last + kernel / 2 * layers)
    }

    /// What an enlargement by `factor` needs; a pixel shuffle needs what ``Interpolation/nearest``
    /// does.
    func enlarged(_ factor: Int, by interpolation: Interpolation = .nearest) -> Reach {
        guard factor > 1 else { return self }
        switch interpolation {
        case .nearest, .area:
            return Reach(first.dividedDown(by: factor), last.dividedDown(by: factor))
        case .bilinear, .bicubic:
            // The pixel before the point (x + 1/2) / factor - 1/2, and how many lie about it.
            let before = (2 * first + 1 - factor).dividedDown(by: 2 * factor)
            let after = (2 * last + 1 - factor).dividedDown(by: 2 * factor) + 1
            let more = interpolation == .bicubic ? 1 : 0
            return Reach(before - more, after + more)
        }
    }

    /// What pooling in windows of `factor`, or a pixel unshuffle, needs.
    func shrunk(_ factor: Int) -> Reach { Reach(first * factor, last * factor + factor - 1) }

    /// Both, and what lies between.
    func union(_ other: Reach) -> Reach {
        Reach(min(first, other.first), max(last, other.last))
    }
}

extension Int {
    /// The quotient rounded towards minus infinity.
    fileprivate func dividedDown(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
