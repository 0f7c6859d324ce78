import Volumes

/// What JPEG loses of a grey picture: the rounding of cosine coefficients in blocks of 8 x 8 pixels.
/// The entropy coding that follows loses nothing and is left out.
struct BlockCompression {
    /// What lies beyond the last row and column, up to whole blocks.
    enum Padding { case black, repeated }

    /// The step of each coefficient: rows are vertical frequencies.
    let steps: [Float]
    /// How the last blocks are filled.
    let padding: Padding
    /// Whether grey values are stored in eight bits before and after, as a file does.
    let roundsPixels: Bool

    /// The luminance table of the JPEG standard (ITU-T T.81, annex K), for a quality of 50.
    static let luminance: [Float] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ]

    /// Compresses and restores every slice of grey values in 0...1, in place.
    func apply(to volume: inout Volume<Float>) {
        let shape = volume.shape
        let tables = CosineTransform.Tables()
        let table = self.steps
        let steps = InlineArray<8, SIMD8<Float>> { row in
            var values = SIMD8<Float>(repeating: 1)
            for lane in 0..<8 { values[lane] = table[8 * row + lane] }
            return values
        }
        let inverses = InlineArray<8, SIMD8<Float>> { 1 / steps[$0] }
        let blockRows = (shape.height + 7) / 8
        let blockColumns = (shape.width + 7) / 8
        volume.withMutableVoxels { voxels in
            for z in 0..<shape.depth {
                for by in 0..<blockRows {
                    for bx in 0..<blockColumns {
                        var block = load(voxels, shape, z, 8 * by, 8 * bx)
                        tables.forward(&block)
                        for row in 0..<8 {
                            block[row] = nearest(block[row] * inverses[row]) * steps[row]
                        }
                        tables.inverse(&block)
                        store(block, &voxels, shape, z, 8 * by, 8 * bx)
                    }
                }
            }
        }
    }

    @inline(__always)
    private func nearest(_ values: SIMD8<Float>) -> SIMD8<Float> {
        (values + 12_582_912) - 12_582_912
    }

    @inline(__always)
    private func load(
        _ voxels: borrowing MutableSpan<Float>, _ shape: Shape, _ z: Int, _ y: Int, _ x: Int
    ) -> CosineTransform.Block {
        var block = CosineTransform.Block(repeating: SIMD8(repeating: padding == .black ? -128 : 0))
        let columns = min(8, shape.width - x)
        for row in 0..<8 {
            if y + row >= shape.height {
                if padding == .black { break }
                block[row] = block[row - 1]
                continue
            }
            let start = (z * shape.height + y + row) * shape.width + x
            let pixels = voxels.span.extracting(start..<(start + columns))
            var values = block[row]
            if columns == 8 {
                values = SIMD8(
                    pixels[0], pixels[1], pixels[2], pixels[3], pixels[4], pixels[5], pixels[6],
                    pixels[7])
                values = values * 255 - 128
            } else {
                for lane in 0..<columns { values[lane] = pixels[lane] * 255 - 128 }
                if padding == .repeated {
                    for lane in columns..<8 { values[lane] = values[columns - 1] }
                }
            }
            block[row] = roundsPixels ? nearest(values) : values
        }
        return block
    }

    @inline(__always)
    private func store(
        _ block: CosineTransform.Block, _ voxels: inout MutableSpan<Float>, _ shape: Shape,
        _ z: Int, _ y: Int, _ x: Int
    ) {
        let columns = min(8, shape.width - x)
        for row in 0..<min(8, shape.height - y) {
            var values = block[row] + 128
            if roundsPixels { values = nearest(values) }
            values = values.clamped(
                lowerBound: SIMD8(repeating: 0), upperBound: SIMD8(repeating: 255))
            values *= 1 / Float(255)
            let start = (z * shape.height + y + row) * shape.width + x
            var pixels = voxels._mutatingExtracting(start..<(start + columns))
            for lane in 0..<columns { pixels[lane] = values[lane] }
        }
    }
}
