import Volumes

/// One of the eight ways to turn and mirror an image.
struct Orientation: Hashable, Sendable {
    /// Whether rows and columns change places, before anything is mirrored.
    let isTransposed: Bool
    /// Whether the rows come in reverse.
    let flipsRows: Bool
    /// Whether the columns come in reverse.
    let flipsColumns: Bool

    /// All eight, the image as it is first.
    static let all: [Orientation] = [false, true].flatMap { transposed in
        [false, true].flatMap { rows in
            [false, true].map { columns in
                Orientation(isTransposed: transposed, flipsRows: rows, flipsColumns: columns)
            }
        }
    }

    /// What turns images back.
    var inverse: Orientation {
        // Mirroring comes after transposing, so the two flips change places on the way back.
        isTransposed
            ? Orientation(isTransposed: true, flipsRows: flipsColumns, flipsColumns: flipsRows)
            : self
    }

    /// Every slice, turned.
    func callAsFunction(_ slices: Volume<Float>) -> Volume<Float> {
        guard isTransposed || flipsRows || flipsColumns else { return slices }
        let from = slices.shape
        let to =
            isTransposed
            ? Shape(depth: from.depth, height: from.width, width: from.height) : from
        return slices.withVoxels { source in
            Volume(
                shape: to,
                fillingSlicesConcurrently: { z, slice in
                    let image = source.extracting(
                        (z * from.sliceCount)..<((z + 1) * from.sliceCount))
                    for y in 0..<to.height {
                        let row = flipsRows ? to.height - 1 - y : y
                        for x in 0..<to.width {
                            let column = flipsColumns ? to.width - 1 - x : x
                            slice[y * to.width + x] =
                                image[
                                    isTransposed
                                        ? column * from.width + row : row * from.width + column]
                        }
                    }
                })
        }
    }
}
