import Randomness
public import Volumes

/// Two scans of one rock, each made from its grains, and how they truly lie to each other.
public struct PhantomPair: Sendable {
    /// The coarse scan.
    public let low: Volume<Float>
    /// The fine scan.
    public let high: Volume<Float>
    /// Takes a point of HIGH to LOW, in micrometres.
    public let transform: SpatialTransform
    /// The share of HIGH that lies in LOW.
    public let overlap: Double
    /// The standard deviation of the Gaussian that blurs HIGH to LOW's sharpness, in micrometres of
    /// LOW.
    public let blurInMicrometres: Double
    /// LOW as its instrument would deliver it without noise, cupping and rings.
    private let cleanLow: Volume<Float>
    /// The standard deviation of LOW's noise, in its grey values.
    private let lowNoise: Double

    /// The scans of `settings` that belong to `seed`: rock, place and noise.
    ///
    /// - Parameter transform: Where HIGH lies; drawn from the settings' pose and overlap if `nil`.
    public init(_ settings: PhantomSettings, seed: UInt64, transform: SpatialTransform? = nil) {
        func cube(_ edge: Int) -> Shape {
            Shape(depth: settings.isImage ? 1 : edge, height: edge, width: edge)
        }
        func extent(_ edge: Int, _ voxel: Double) -> SIMD3<Double> {
            let length = Double(edge) * voxel
            return SIMD3(settings.isImage ? 0 : length, length, length)
        }
        let lowVoxel = settings.highVoxel * settings.ratio
        let boxes = PhantomBoxes(
            low: extent(settings.lowEdge, lowVoxel),
            high: extent(settings.highEdge, settings.highVoxel))
        var generator = Philox4x32(seed: seed, stream: 1)
        let placed =
            transform
            ?? boxes.place(settings.pose, overlap: settings.overlap, using: &generator)
        var grains = GrainSettings(diameter: settings.grainInLowVoxels * lowVoxel)
        if settings.isLattice {
            grains.arrangement = .lattice(spacingInDiameters: 1.2)
            grains.variation = 0
        }
        if let radius = settings.plugRadiusInLowVoxels {
            grains.plug = GrainSettings.Plug(
                centre: SIMD2(boxes.low[1], boxes.low[2]) / 2, radius: radius * lowVoxel)
        }
        let rock = GrainField(grains, seed: seed, isImage: settings.isImage)
        let highRock =
            settings.isOtherRock
            ? GrainField(grains, seed: ~seed, isImage: settings.isImage) : rock
        var seen = placed
        if settings.isElsewhere {
            // Far enough along z, or y of an image, that no corner reaches LOW.
            let away = (boxes.low + boxes.high).max() * 2
            seen = SpatialTransform(
                translation: settings.isImage ? SIMD3(0, away, 0) : SIMD3(away, 0, 0)
            ).after(placed)
        }
        let renderedLow = rock.render(
            shape: cube(settings.lowEdge), voxelEdge: lowVoxel, toField: .identity,
            gaussianBlurInVoxels: settings.lowBlur, supersampling: settings.lowSupersampling)
        low = settings.lowFlaws.apply(to: renderedLow, seed: seed &+ 1)
        var response = ScanFlaws()
        response.gain = settings.lowFlaws.gain
        response.gamma = settings.lowFlaws.gamma
        cleanLow = response.apply(to: renderedLow, seed: 0)
        lowNoise = settings.lowFlaws.noise * settings.lowFlaws.gain
        high = settings.highFlaws.apply(
            to: highRock.render(
                shape: cube(settings.highEdge), voxelEdge: settings.highVoxel, toField: seen,
                gaussianBlurInVoxels: settings.highBlur, supersampling: settings.highSupersampling),
            seed: seed &+ 2)
        self.transform = placed
        overlap =
            settings.isElsewhere || settings.isOtherRock ? 0 : boxes.overlap(placed)
        let lowSigma = settings.lowBlur * lowVoxel
        let highSigma = settings.highBlur * settings.highVoxel * abs(placed.scale)
        blurInMicrometres = max(0, lowSigma * lowSigma - highSigma * highSigma).squareRoot()
    }

    /// The median error at HIGH's worst corner that noise in LOW allows at best, in voxels of HIGH.
    public var attainableCornerError: Double {
        PoseBound(
            clean: cleanLow, noise: lowNoise, transform: transform, highExtent: highExtent,
            highVoxel: high.voxelSize?.widthInMicrometres ?? .nan
        ).cornerError
    }

    private var highExtent: SIMD3<Double> {
        let voxel = high.voxelSize?.widthInMicrometres ?? .nan
        let shape = high.shape
        return SIMD3(
            shape.isImage ? 0 : Double(shape.depth), Double(shape.height), Double(shape.width))
            * voxel
    }

    /// The largest distance, over HIGH's corners, between where they truly go and where `found` takes
    /// them, in voxels of HIGH. Images have four corners, in their plane.
    public func cornerError(of found: SpatialTransform) -> Double {
        let voxel = high.voxelSize?.widthInMicrometres ?? .nan
        let extent = highExtent
        var largest = 0.0
        for corner in 0..<8 {
            let point =
                extent
                * SIMD3(
                    corner & 1 == 0 ? 0 : 1, corner & 2 == 0 ? 0 : 1, corner & 4 == 0 ? 0 : 1)
            var apart = found(point) - transform(point)
            if high.shape.isImage { apart[0] = 0 }
            largest = max(largest, (apart * apart).sum().squareRoot())
        }
        // Distances are in LOW's micrometres; the voxels of HIGH are as large as they truly are.
        return largest / (voxel * abs(transform.scale))
    }
}
