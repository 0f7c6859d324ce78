import Foundation
import Volumes

/// A bar of a round length, drawn into the lower left corner of a picture.
struct ScaleBar: Hashable {
    let lengthInMicrometres: Double
    let lengthInPixels: Int

    /// A bar of 1, 2 or 5 times a power of ten micrometres, the longest that covers at most a
    /// quarter of `width` pixels. `nil` where voxels have no size.
    init?(voxelSize: VoxelSize?, pixelsPerVoxel: Double, width: Int) {
        guard let voxelSize else { return nil }
        let micrometresPerPixel = voxelSize.widthInMicrometres / pixelsPerVoxel
        let longest = micrometresPerPixel * Double(width) / 4
        let power = pow(10, log10(longest).rounded(.down))
        let factor = [5.0, 2, 1].first { $0 * power <= longest } ?? 1
        lengthInMicrometres = factor * power
        lengthInPixels = max(1, Int((lengthInMicrometres / micrometresPerPixel).rounded()))
    }

    /// A sentence for the caption, as there is no text in the picture.
    var caption: String { "The bar is \(NumberText.length(lengthInMicrometres)) long." }

    /// Draws the bar, white in a black frame, so that it is seen on every grey.
    func draw(into image: inout RGBImage) {
        let thickness = max(3, image.height / 120)
        let margin = 2 * thickness + 1
        let top = image.height - margin - thickness
        guard top >= 1, margin + lengthInPixels + 1 < image.width else { return }
        for y in (top - 1)...(top + thickness) {
            for x in (margin - 1)...(margin + lengthInPixels) {
                let isFrame =
                    y == top - 1 || y == top + thickness || x == margin - 1
                    || x == margin + lengthInPixels
                image[x, y] = isFrame ? .black : .white
            }
        }
    }
}
