public import Volumes

extension DrawnPicture {
    /// A slice of a scan in grey, the outline of the pores drawn over it in amber.
    ///
    /// The outline is one pixel wide and lies inside the pores: every pore pixel beside a pixel
    /// that is not pore, through a side. Slices longer than 900 voxels are shrunk by area
    /// averaging, a pixel being pore where at least half of its area is; small ones are enlarged by
    /// a whole factor.
    ///
    /// - Parameters:
    ///   - mask: The pore space, in the shape of `scan`.
    ///   - slice: Which slice of `scan` and `mask` to draw.
    ///   - firstSlice: What to add to `slice` in the caption, for a slab cut from a longer scan.
    public static func outline(
        of mask: Mask, over scan: Volume<Float>, slice: Int = 0, firstSlice: Int = 0,
        window: GreyWindow
    ) -> DrawnPicture {
        precondition(mask.shape == scan.shape, "a mask has the shape of its scan")
        let size = DisplaySize(height: scan.shape.height, width: scan.shape.width)
        var image = size.averaging(Plane(scan, slice: slice)).image(window)
        let pore = size.averaging(
            Plane(
                height: mask.shape.height, width: mask.shape.width,
                values: Plane(mask, slice: slice).values.map { $0 ? Float(1) : 0 }))
        for y in 0..<size.height {
            for x in 0..<size.width where isOutline(x, y, of: pore) { image[x, y] = .outline }
        }
        var caption = """
            Slice z = \(firstSlice + slice) of the HIGH scan, the pore mask outlined in amber. \
            \(window.caption)
            """
        if let bar = ScaleBar(
            voxelSize: scan.voxelSize, pixelsPerVoxel: size.pixelsPerVoxel, width: size.width)
        {
            bar.draw(into: &image)
            caption += " " + bar.caption
        }
        return DrawnPicture(image: image, caption: caption)
    }

    /// Whether a pixel is pore beside one that is not.
    static func isOutline(_ x: Int, _ y: Int, of pore: Plane<Float>) -> Bool {
        func isPore(_ x: Int, _ y: Int) -> Bool { pore[x, y] >= 0.5 }
        guard isPore(x, y) else { return false }
        // What lies beyond the picture is unknown, so its edge is no boundary.
        return x > 0 && !isPore(x - 1, y) || x + 1 < pore.width && !isPore(x + 1, y)
            || y > 0 && !isPore(x, y - 1) || y + 1 < pore.height && !isPore(x, y + 1)
    }
}

extension GreyWindow {
    /// The window in words.
    var caption: String {
        "Grey window \(NumberText.nominal(black)) to \(NumberText.nominal(white))."
    }
}
