import Foundation
public import Volumes

extension DrawnPicture {
    /// A slice of numbered pores, each in a colour of its own; zero, the solid, is light grey.
    ///
    /// A pore's colour depends on its number alone, so it is the same in every slice and every run.
    /// A thin dark line parts pores that touch. Slices longer than 900 voxels are shrunk by taking
    /// the voxel under each pixel's centre, as numbers have no mean.
    ///
    /// - Parameters:
    ///   - labels: The number of the pore at each voxel; zero or less is solid.
    ///   - slice: Which slice to draw.
    ///   - firstSlice: What to add to `slice` in the caption, for a slab cut from a longer scan.
    public static func pores<Label: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ labels: Volume<Label>, slice: Int = 0, firstSlice: Int = 0
    ) -> DrawnPicture {
        let size = DisplaySize(height: labels.shape.height, width: labels.shape.width)
        let plane = size.sampling(Plane(labels, slice: slice))
        var colors: [Label: RGB] = [:]
        var image = RGBImage(width: size.width, height: size.height) { x, y in
            let label = plane[x, y]
            guard label > 0 else { return solid }
            // The line runs through the first of two touching pores, one pixel wide.
            let right = x + 1 < size.width ? plane[x + 1, y] : label
            let below = y + 1 < size.height ? plane[x, y + 1] : label
            if right > 0 && right != label || below > 0 && below != label { return parting }
            if let known = colors[label] { return known }
            let color = poreColor(UInt64(label))
            colors[label] = color
            return color
        }
        let pores = Set(Plane(labels, slice: slice).values).filter { $0 > 0 }.count
        var caption = """
            Slice z = \(firstSlice + slice) of the numbered pores: \(NumberText.count(pores)) of them, \
            each in a colour of its own.
            """
        if let bar = ScaleBar(
            voxelSize: labels.voxelSize, pixelsPerVoxel: size.pixelsPerVoxel, width: size.width)
        {
            bar.draw(into: &image)
            caption += " " + bar.caption
        }
        return DrawnPicture(image: image, caption: caption)
    }

    private static let solid = RGB(232, 232, 230)
    private static let parting = RGB(40, 40, 40)

    /// Hues a golden angle apart, so that pores with near numbers, which are often neighbours,
    /// differ; three lightnesses in turn tell apart those whose hues come close.
    static func poreColor(_ number: UInt64) -> RGB {
        let turn = (Double(number % 10_007) * 0.618_033_988_749_894_9)
            .truncatingRemainder(dividingBy: 1)
        let lightness = [0.50, 0.66, 0.36][Int(number % 3)]
        let chroma = (1 - abs(2 * lightness - 1)) * 0.72
        func channel(_ offset: Double) -> UInt8 {
            let angle = (turn + offset).truncatingRemainder(dividingBy: 1) * 6
            let ramp = min(max(abs(angle - 3) - 1, 0), 1)
            return UInt8(((lightness + chroma * (ramp - 0.5)) * 255).rounded())
        }
        return RGB(channel(0), channel(2.0 / 3), channel(1.0 / 3))
    }
}
