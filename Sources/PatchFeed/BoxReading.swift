import Volumes

/// A voxel as staged files hold it.
protocol StagedElement: BitwiseCopyable {
    var single: Float { get }
}
extension UInt8: StagedElement {
    @inline(__always) var single: Float { Float(self) }
}
extension UInt16: StagedElement {
    @inline(__always) var single: Float { Float(self) }
}
extension Int16: StagedElement {
    @inline(__always) var single: Float { Float(self) }
}
extension Float: StagedElement {
    @inline(__always) var single: Float { self }
}

/// The straight line that takes the ends of a window of grey values to 0 and 1.
///
/// Values outside the window go beyond 0 and 1: they are rock too, and a network that never saw them
/// would be lost where it meets them.
struct Normalisation: Hashable, Sendable {
    let gain: Float
    let offset: Float

    /// `nil` for a window of one value.
    init?(_ window: ClosedRange<Double>) {
        let extent = window.upperBound - window.lowerBound
        guard extent > 0, extent.isFinite else { return nil }
        gain = Float(1 / extent)
        offset = Float(-window.lowerBound / extent)
    }

    private init(gain: Float, offset: Float) {
        self.gain = gain
        self.offset = offset
    }

    /// Grey values stay what they are.
    static let asStored = Normalisation(gain: 1, offset: 0)
}

/// A box of a volume as normalised numbers, averaged over blocks of voxels where a coarser lattice is
/// wanted. Beyond the volume's faces voxels are mirrored, so that a box with a margin can be cut
/// anywhere.
struct BoxReading {
    /// The first voxel of the box in the volume; may lie outside.
    let z: Int
    let y: Int
    let x: Int
    /// The extent of the result.
    let shape: Shape
    /// Voxels of the volume for one of the result, along z, and along y and x.
    let depthBinning: Int
    let binning: Int
    let normalisation: Normalisation

    /// Place `index` of `count`, mirrored at the faces: -1 is 0, `count` is `count - 1`.
    private static func mirrored(_ index: Int, _ count: Int) -> Int {
        if index >= 0, index < count { return index }
        let period = 2 * count
        let place = ((index % period) + period) % period
        return place < count ? place : period - 1 - place
    }

    @inline(__always)
    func run<Element: StagedElement>(
        _ voxels: Span<Element>, _ volume: Shape, _ target: inout MutableSpan<Float>
    ) {
        let width = shape.width
        let columns = width * binning
        let isInside = x >= 0 && x + columns <= volume.width
        let isPlain = binning == 1 && depthBinning == 1
        let weight = normalisation.gain / Float(depthBinning * binning * binning)
        let offset = normalisation.offset
        for slice in 0..<shape.depth {
            for row in 0..<shape.height {
                let start = (slice * shape.height + row) * width
                var line = target._mutatingExtracting(start..<(start + width))
                if !isPlain {
                    for column in 0..<width { line[column] = 0 }
                }
                for dz in 0..<depthBinning {
                    let vz = Self.mirrored(z + slice * depthBinning + dz, volume.depth)
                    for dy in 0..<binning {
                        let vy = Self.mirrored(y + row * binning + dy, volume.height)
                        let first = (vz * volume.height + vy) * volume.width
                        if isInside {
                            let source = voxels.extracting((first + x)..<(first + x + columns))
                            if isPlain {
                                for column in 0..<width {
                                    line[column] = source[column].single * weight + offset
                                }
                            } else {
                                for column in 0..<width {
                                    var sum: Float = 0
                                    for dx in 0..<binning {
                                        sum += source[column * binning + dx].single
                                    }
                                    line[column] += sum
                                }
                            }
                        } else {
                            let source = voxels.extracting(first..<(first + volume.width))
                            for column in 0..<width {
                                var sum: Float = 0
                                for dx in 0..<binning {
                                    let vx = Self.mirrored(
                                        x + column * binning + dx, volume.width)
                                    sum += source[vx].single
                                }
                                line[column] =
                                    isPlain ? sum * weight + offset : line[column] + sum
                            }
                        }
                    }
                }
                if !isPlain {
                    for column in 0..<width { line[column] = line[column] * weight + offset }
                }
            }
        }
    }
}
