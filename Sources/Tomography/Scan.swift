import Foundation
public import Volumes

/// Scans an object: parallel beam over half a turn, detector, photons, filtered back-projection.
///
/// The beam is parallel, so every slice is scanned alone. A slice of the scan averages the slices of
/// the object it spans, and the blur across the slices acts on the object before it is projected,
/// which for a linear blur is the same. All noise is drawn from streams of `seed` that belong to a
/// slice and a view: the result is the same bits for any number of threads.
///
/// - Parameters:
///   - object: What is scanned.
///   - grid: Where to reconstruct. Its slices lie within the object; its rows and columns may show
///     part of it, or air around it.
///   - axis: The rotation axis (y, x) in the object's frame, in micrometres; the middle of the grid
///     unless told.
///   - settings: The scanner.
///   - seed: The noise and the detector's errors.
/// - Returns: Attenuation per micrometre on `grid`.
/// - Throws: ``TomographyError/slicesOutsideObject(wanted:object:)``.
/// - Complexity: For `n` views, `n` times the voxels of the object that the grid's slices span.
public func simulateScan(
    of object: ScanObject, onto grid: ReconstructionGrid, axis: SIMD2<Double>? = nil,
    settings: ScannerSettings, seed: UInt64
) throws(TomographyError) -> Volume<Float> {
    let top = Double(object.shape.depth) * object.voxelSize.depthInMicrometres
    let sliceThickness = grid.voxelSize.depthInMicrometres
    let wanted = grid.corner[0]...(grid.corner[0] + Double(grid.shape.depth) * sliceThickness)
    guard wanted.lowerBound >= -1e-6 * top, wanted.upperBound <= top * (1 + 1e-6) else {
        throw .slicesOutsideObject(wanted: wanted, object: 0...top)
    }
    let scan = ScanPlan(
        object: object, grid: grid, axis: axis ?? grid.middle, settings: settings, seed: seed)
    let lanes = SliceBrick.laneCount
    let bricks = concurrentMap(count: (grid.shape.depth + lanes - 1) / lanes) { brick in
        scan.run(slices: (brick * lanes)..<min((brick + 1) * lanes, grid.shape.depth))
    }
    return Volume(
        shape: grid.shape, voxelSize: grid.voxelSize,
        fillingSlicesConcurrently: {
            z, slice in
            let brick = bricks[z / lanes]
            for index in 0..<slice.count { slice[index] = brick.pixels[index][z % lanes] }
        })
}

/// One scan, ready to be run for eight slices at a time.
private struct ScanPlan: Sendable {
    let object: ScanObject
    let grid: ReconstructionGrid
    let axis: SIMD2<Double>
    let settings: ScannerSettings
    let seed: UInt64
    let pixelSize: Double
    /// Pixels of the detector about the axis, an even number.
    let bins: Int
    let views: Int

    init(
        object: ScanObject, grid: ReconstructionGrid, axis: SIMD2<Double>,
        settings: ScannerSettings, seed: UInt64
    ) {
        self.object = object
        self.grid = grid
        self.axis = axis
        self.settings = settings
        self.seed = seed
        pixelSize = grid.voxelSize.widthInMicrometres
        let field = ScanPlan.reach(
            corner: SIMD2(grid.corner[1], grid.corner[2]), shape: grid.shape,
            pixelSize: pixelSize, axis: axis)
        let radius =
            switch settings.detectorField {
            case .interior(let margin): field * (1 + margin)
            case .wholeObject:
                max(
                    field,
                    ScanPlan.reach(
                        corner: SIMD2(0, 0), shape: object.shape,
                        pixelSize: object.voxelSize.widthInMicrometres, axis: axis))
            }
        // Two more on each side, so that interpolation between bins never leaves them.
        bins = 2 * (Int((radius / pixelSize).rounded(.up)) + 2)
        views = Int((settings.viewsPerPixel * Double(bins)).rounded(.up))
    }

    /// The farthest corner of a slice from the axis.
    private static func reach(
        corner: SIMD2<Double>, shape: Shape, pixelSize: Double, axis: SIMD2<Double>
    ) -> Double {
        let near = corner - axis
        let far = near + SIMD2(Double(shape.height), Double(shape.width)) * pixelSize
        return hypot(max(abs(near[0]), abs(far[0])), max(abs(near[1]), abs(far[1])))
    }

    /// Scans and reconstructs up to eight slices of the grid.
    func run(slices: Range<Int>) -> SliceBrick {
        let brick = attenuation(of: slices)
        let projector = Projector(
            brick, binSize: pixelSize / Double(settings.raysPerPixel), oddBins: false,
            atLeast: bins * settings.raysPerPixel,
            offset: settings.axisErrorInPixels * Double(settings.raysPerPixel))
        let detector = Detector(
            settings: settings, bins: bins, rays: projector.fullBins, slices: Array(slices),
            seed: seed)
        var sinogram = SinogramBrick(views: views, bins: bins, binSizeInMicrometres: pixelSize)
        var line = [SIMD8<Float>](repeating: SIMD8(repeating: 0), count: projector.fullBins)
        for view in 0..<views {
            projector.project(view: view, of: views, into: &line)
            detector.report(&line, view: view, into: &sinogram)
        }
        let empty = SliceBrick(
            height: grid.shape.height, width: grid.shape.width, pixelSizeInMicrometres: pixelSize,
            corner: SIMD2(grid.corner[1], grid.corner[2]) - axis)
        return reconstruct(sinogram, onto: empty, cutoff: settings.filterCutoff)
    }

    /// The object's slices, averaged over the thickness of the grid's and blurred across them.
    private func attenuation(of slices: Range<Int>) -> SliceBrick {
        let objectPixel = object.voxelSize.widthInMicrometres
        let objectThickness = object.voxelSize.depthInMicrometres
        let thickness = grid.voxelSize.depthInMicrometres / objectThickness
        let boxes = slices.map { slice in
            let start = grid.corner[0] / objectThickness + Double(slice) * thickness
            return BlurredBox(
                from: start, to: start + thickness,
                sigmaInCells: settings.blurInPixels * thickness, cells: 0..<object.shape.depth)
        }
        var brick = SliceBrick(
            height: object.shape.height, width: object.shape.width,
            pixelSizeInMicrometres: objectPixel, corner: -axis)
        let first = boxes.map(\.first).min() ?? 0
        let last = boxes.map { $0.first + $0.weights.count }.max() ?? 0
        for z in first..<last {
            let uses = boxes.enumerated().filter {
                ($0.element.first..<($0.element.first + $0.element.weights.count)).contains(z)
            }
            guard !uses.isEmpty else { continue }
            let slice = object.slice(z)
            for (lane, box) in uses {
                brick.add(slice, weight: box.weights[z - box.first], lane: lane)
            }
        }
        return brick
    }
}
