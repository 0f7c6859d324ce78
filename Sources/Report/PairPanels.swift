public import Volumes

extension DrawnPicture {
    /// One place at both resolutions: LOW on the left, its voxels drawn as squares, HIGH on the
    /// right.
    ///
    /// The middle of the slice is shown, at most 288 HIGH voxels along a side, so that single
    /// voxels can be seen; ``registrationCheck(low:high:scale:slice:firstSlice:highWindow:)`` shows
    /// the whole slice.
    ///
    /// - Parameters:
    ///   - low: The LOW scan on the pair's lattice.
    ///   - high: The HIGH scan, `scale` times as many voxels along each axis.
    ///   - slice: Which slice of `low`; of `high` the one in its middle is taken.
    ///   - firstSlice: What to add to `slice` in the caption, for a slab cut from a longer pair.
    public static func pair(
        low: Volume<Float>, high: Volume<Float>, scale: Int, slice: Int = 0, firstSlice: Int = 0,
        lowWindow: GreyWindow, highWindow: GreyWindow
    ) -> DrawnPicture {
        checkLattice(low, high, scale)
        let longest = 288
        let rows = middle(of: low.shape.height, atMost: max(1, longest / scale))
        let columns = middle(of: low.shape.width, atMost: max(1, longest / scale))
        let lowPlane = Plane(low, slice: slice, rows: rows, columns: columns).enlarged(by: scale)
        let highPlane = Plane(
            high, slice: middleSlice(slice, of: high, beside: low), rows: refined(rows, scale),
            columns: refined(columns, scale))

        let size = DisplaySize(
            height: highPlane.height, width: highPlane.width, limit: 2 * longest)
        var panels = [
            size.averaging(lowPlane).image(lowWindow), size.averaging(highPlane).image(highWindow),
        ]
        var caption = """
            LOW (left) and HIGH (right) of one place, \(columns.count) × \(rows.count) LOW voxels \
            around the middle of slice z = \(firstSlice + slice) of LOW. Grey windows \
            \(lowWindow.range) and \(highWindow.range).
            """
        if let bar = ScaleBar(
            voxelSize: high.voxelSize, pixelsPerVoxel: size.pixelsPerVoxel, width: size.width)
        {
            bar.draw(into: &panels[1])
            caption += " " + bar.caption
        }
        let gap = 8
        var image = RGBImage(
            width: 2 * size.width + gap, height: size.height, filledWith: .white)
        image.place(panels[0], x: 0, y: 0)
        image.place(panels[1], x: size.width + gap, y: 0)
        return DrawnPicture(image: image, caption: caption)
    }

    /// LOW and HIGH of a whole slice in the fields of a chessboard: where the registration is good,
    /// grains and pores continue across the edges of the fields.
    ///
    /// Parameters are those of ``pair(low:high:scale:slice:firstSlice:lowWindow:highWindow:)``. LOW
    /// is drawn with a window that gives it the mean and the spread of HIGH, so that fields differ
    /// in what they show and not in their brightness. Slices longer than 900 HIGH voxels are shrunk
    /// by area averaging.
    public static func registrationCheck(
        low: Volume<Float>, high: Volume<Float>, scale: Int, slice: Int = 0, firstSlice: Int = 0,
        highWindow: GreyWindow
    ) -> DrawnPicture {
        checkLattice(low, high, scale)
        let highPlane = Plane(high, slice: middleSlice(slice, of: high, beside: low))
        let lowSlice = Plane(low, slice: slice)
        let lowPlane = lowSlice.enlarged(by: scale)
        let size = DisplaySize(height: highPlane.height, width: highPlane.width)
        let means = highPlane.blockMeans(scale)
        let lowWindow = highWindow.following(
            GreyStatistics(means, where: lowSlice), to: GreyStatistics(lowSlice, where: means))
        let lowImage = size.averaging(lowPlane).image(lowWindow)
        let highImage = size.averaging(highPlane).image(highWindow)
        let field = max(4, max(size.width, size.height) / 10)
        var image = RGBImage(width: size.width, height: size.height) { x, y in
            (x / field + y / field).isMultiple(of: 2) ? lowImage[x, y] : highImage[x, y]
        }
        var caption = """
            Slice z = \(firstSlice + slice) of the pair in alternating fields of LOW (first at top \
            left) and HIGH: edges of grains continue from field to field where the scans are \
            registered. LOW is drawn with the mean and the spread of HIGH.
            """
        if let bar = ScaleBar(
            voxelSize: high.voxelSize, pixelsPerVoxel: size.pixelsPerVoxel, width: size.width)
        {
            bar.draw(into: &image)
            caption += " " + bar.caption
        }
        return DrawnPicture(image: image, caption: caption)
    }

    private static func checkLattice(
        _ low: Volume<Float>, _ high: Volume<Float>, _ scale: Int
    ) {
        precondition(
            scale >= 1
                && (high.shape.depth == scale * low.shape.depth
                    || high.shape.isImage && low.shape.isImage)
                && high.shape.height == scale * low.shape.height
                && high.shape.width == scale * low.shape.width,
            "HIGH has `scale` times as many voxels as LOW along each axis, images apart in z")
    }

    /// The HIGH slice that holds the middle of a LOW slice.
    private static func middleSlice(
        _ slice: Int, of high: Volume<Float>, beside low: Volume<Float>
    ) -> Int {
        let perSlice = high.shape.depth / low.shape.depth
        return slice * perSlice + perSlice / 2
    }

    private static func middle(of extent: Int, atMost longest: Int) -> Range<Int> {
        let count = min(extent, longest)
        let first = (extent - count) / 2
        return first..<(first + count)
    }

    private static func refined(_ range: Range<Int>, _ scale: Int) -> Range<Int> {
        range.lowerBound * scale..<range.upperBound * scale
    }
}

extension GreyWindow {
    /// The two ends in words.
    fileprivate var range: String {
        "\(NumberText.nominal(black)) to \(NumberText.nominal(white))"
    }
}
