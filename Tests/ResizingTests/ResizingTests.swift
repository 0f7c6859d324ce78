import Randomness
import Resizing
import Testing
import Volumes

/// A picture without symmetry that other programs can make too.
func testPicture(_ height: Int, _ width: Int) -> Volume<Float> {
    var voxels: [Float] = []
    for y in 0..<height {
        for x in 0..<width {
            voxels.append(Float(((y * width + x) * 37 + y * y * 11) % 101) / 101)
        }
    }
    return Volume(shape: Shape(depth: 1, height: height, width: width), voxels: voxels)
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

@Suite struct `Resizing` {
    // The golden numbers are those of torch.nn.functional.interpolate of PyTorch 2.13, to six digits.
    @Test(arguments: [
        (
            Interpolation.nearest,
            [
                0.0, 0.366337, 0.09901, 0.831683, 0.564356, 0.405941, 0.772277, 0.504951,
                0.237624, 0.970297, 0.871287, 0.237624, 0.970297, 0.70297, 0.435644, 0.207921,
                0.574257, 0.306931, 0.039604, 0.772277,
            ] as [Float]
        ),
        (
            Interpolation.area,
            [
                0.386139, 0.435644, 0.50165, 0.567657, 0.700495, 0.452145, 0.50165, 0.567657,
                0.522552, 0.683168, 0.519802, 0.513751, 0.468647, 0.423542, 0.584158, 0.388614,
                0.521452, 0.420792, 0.486799, 0.45297,
            ] as [Float]
        ),
        (
            Interpolation.bilinear,
            [
                0.298762, 0.458168, 0.617574, 0.40198, 0.711386, 0.231436, 0.640842, 0.475248,
                0.334654, 0.794059, 0.669802, 0.554208, 0.388614, 0.24802, 0.707426, 0.413861,
                0.623267, 0.357673, 0.642079, 0.451485,
            ] as [Float]
        ),
        (
            Interpolation.bicubic,
            [
                0.317536, 0.426439, 0.636429, 0.368997, 0.725136, 0.160079, 0.722045, 0.450882,
                0.283059, 0.844393, 0.680928, 0.573437, 0.368309, 0.200487, 0.761821, 0.37009,
                0.678659, 0.368551, 0.689595, 0.411203,
            ] as [Float]
        ),
    ])
    func `to given extents is PyTorch's`(mode: Interpolation, expected: [Float]) {
        let resized = testPicture(7, 9).resized(height: 4, width: 5, by: mode)
        #expect(largestDifference(resized.array, expected) < 2e-6)
    }

    @Test(arguments: [
        (
            Interpolation.nearest,
            [
                0.0, 0.0, 0.366337, 0.732673, 0.732673, 0.0, 0.0, 0.366337, 0.732673, 0.732673,
                0.405941, 0.405941, 0.772277, 0.138614, 0.138614, 0.029703, 0.029703, 0.39604,
                0.762376, 0.762376,
            ] as [Float]
        ),
        (
            Interpolation.area,
            [
                0.0, 0.183168, 0.549505, 0.415842, 0.09901, 0.20297, 0.386139, 0.502475, 0.368812,
                0.30198, 0.217822, 0.40099, 0.517327, 0.383663, 0.316832, 0.029703, 0.212871,
                0.579208, 0.445545, 0.128713,
            ] as [Float]
        ),
        (
            Interpolation.bilinear,
            [
                0.0, 0.209335, 0.471004, 0.732673, 0.280057, 0.231966, 0.441301, 0.539705,
                0.393211, 0.348757, 0.298444, 0.507779, 0.565367, 0.316832, 0.374419, 0.029703,
                0.239038, 0.500707, 0.762376, 0.309759,
            ] as [Float]
        ),
        (
            Interpolation.bicubic,
            [
                -0.060792, 0.133874, 0.523014, 0.779436, 0.274479, 0.246168, 0.521004, 0.595029,
                0.322547, 0.346494, 0.322215, 0.613881, 0.621756, 0.238245, 0.373221, 0.000866,
                0.203793, 0.56046, 0.762376, 0.311924,
            ] as [Float]
        ),
    ])
    func `by a given scale computes coordinates with it`(mode: Interpolation, expected: [Float]) {
        // 3 and 4 samples times 1.4 are 4.2 and 5.6, rounded down.
        let corner = Region(z: 0, y: 0, x: 0, shape: Shape(depth: 1, height: 3, width: 4))
        let resized = testPicture(7, 9).cropped(to: corner)
            .resized(height: 4, width: 5, by: mode, scale: 1.4)
        #expect(largestDifference(resized.array, expected) < 2e-6)
    }

    // From the definition of MATLAB's imresize in double precision; away from the border also
    // compared with Pillow, which shares the filters.
    @Test func `without aliasing is MATLAB's bicubic`() {
        let expected: [Float] = [
            0.470187, 0.502951, 0.488852, 0.456364, 0.456535, 0.498654, 0.470176, 0.529216,
            0.53017, 0.483785, 0.52154, 0.459763,
        ]
        let resized = testPicture(12, 16).resized(
            height: 3, width: 4, by: .bicubic as AntialiasedFilter)
        #expect(largestDifference(resized.array, expected) < 2e-6)
        let inner: [Float] = [
            0.425422, 0.504576, 0.505609, 0.464427, 0.494963, 0.530354, 0.497335, 0.496327,
            0.479628, 0.466917, 0.539094, 0.435016, 0.438076, 0.547616, 0.476675, 0.466666,
        ]
        let pillow = testPicture(48, 48).resized(
            height: 12, width: 12, by: .bicubic as AntialiasedFilter
        )
        .cropped(to: Region(z: 0, y: 4, x: 4, shape: Shape(depth: 1, height: 4, width: 4)))
        #expect(largestDifference(pillow.array, inner) < 2e-6)
    }

    @Test func `by Lanczos is a windowed sinc of three lobes`() {
        let expected: [Float] = [
            -0.189934, 0.074443, 0.48844, 0.765421, 0.468425, 0.021812, 0.651093, 0.414913,
            0.386002, 0.675931, 0.436585, -0.010029, 1.009137, 0.559184, 0.374148, 0.726957,
            0.487611, -0.016653, 0.257237, 0.305234, 0.568217, 0.921026, 0.618801, 0.101589,
            0.174179, 0.508959, 0.771943, 0.676732, 0.530631, 0.456327, 0.574104, 0.908884,
            0.885084, 0.291924, 0.359596, 0.785849,
        ]
        // The corner of the 12 x 16 picture.
        let corner = testPicture(12, 16)
            .cropped(to: Region(z: 0, y: 0, x: 0, shape: Shape(depth: 1, height: 4, width: 4)))
        let resized = corner.resized(height: 6, width: 6, by: .lanczos3)
        #expect(largestDifference(resized.array, expected) < 2e-6)
        let inner: [Float] = [
            0.520835, 0.750132, 0.782816, 0.59078, 0.322315, 0.758429, 1.09648, 0.950752,
            0.342182, 0.789718, 1.127769, 0.970619, 0.607021, 0.802102, 0.839205, 0.685038,
        ]
        let pillow = testPicture(48, 48).resized(height: 96, width: 96, by: .lanczos3)
            .cropped(to: Region(z: 0, y: 40, x: 40, shape: Shape(depth: 1, height: 4, width: 4)))
        #expect(largestDifference(pillow.array, inner) < 2e-6)
    }

    @Test(arguments: UInt64(0)..<30)
    func `keeps a constant, whatever the extents and the filter`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        func extent() -> Int { .random(in: 1...40, using: &generator) }
        let shape = Shape(depth: 2, height: extent(), width: extent())
        let (height, width) = (extent(), extent())
        let flat = Volume(shape: shape, repeating: Float(0.3))
        var results = Interpolation.allCases.map {
            flat.resized(height: height, width: width, by: $0)
        }
        results += AntialiasedFilter.allCases.map {
            flat.resized(height: height, width: width, by: $0)
        }
        for result in results {
            #expect(result.shape == Shape(depth: 2, height: height, width: width))
            #expect(result.array.allSatisfy { abs($0 - 0.3) < 2e-6 })
        }
    }

    @Test func `acts on each slice alone, and along z where it is told to`() {
        let (first, second) = (testPicture(8, 6), testPicture(8, 6).map { 1 - $0 })
        let both = Volume(
            shape: Shape(depth: 2, height: 8, width: 6), voxelSize: VoxelSize(micrometres: 2),
            voxels: first.array + second.array)
        let resized = both.resized(height: 5, width: 9, by: .bicubic as Interpolation)
        #expect(
            resized.array == first.resized(height: 5, width: 9, by: .bicubic as Interpolation).array
                + second.resized(height: 5, width: 9, by: .bicubic as Interpolation).array)
        #expect(resized.voxelSize?.heightInMicrometres == 3.2)
        let mean = Resampling(
            depth: AxisWeights(averaging: 2, cell: 2, sigma: 0),
            height: AxisWeights(averaging: 8, cell: 4, sigma: 0),
            width: AxisWeights(averaging: 6, cell: 3, sigma: 0)
        ).apply(to: both)
        #expect(mean.shape == Shape(depth: 1, height: 2, width: 2))
        #expect(mean.array.allSatisfy { abs($0 - 0.5) < 1e-6 })
    }

    @Test(arguments: [0.3, 1.2, 4.0])
    func `by blurred cells spreads an impulse with the cell's and the Gaussian's variance`(
        sigma: Double
    ) {
        // The variances of the cell and of the Gaussian add; that of a sample's own box, a twelfth,
        // is counted twice or not at all, by how sharp the cell's edges are.
        let (cell, count) = (4, 240)
        let weights = AxisWeights(averaging: count, cell: cell, sigma: sigma)
        var (sum, first, second) = (0.0, 0.0, 0.0)
        for position in 0..<count {
            var line = [Float](repeating: 0, count: count)
            line[position] = 1
            let seen = Resampling(
                height: AxisWeights(averaging: 1, cell: 1, sigma: 0), width: weights
            ).apply(
                to: Volume(shape: Shape(depth: 1, height: 1, width: count), voxels: line)
            ).array[30]
            let offset = Double(position) + 0.5 - 30.5 * Double(cell)
            sum += Double(seen)
            first += Double(seen) * offset
            second += Double(seen) * offset * offset
        }
        #expect(abs(sum - 1) < 1e-6)
        #expect(abs(first) < 1e-5)
        let expected = sigma * sigma + Double(cell * cell) / 12
        #expect(abs(second - expected) < 1.0 / 12 + 1e-4)
    }

    @Test(arguments: [-3.0, -0.75, 0.2, 0.5, 2.0])
    func `by a move takes every cubic curve along`(distance: Double) {
        func curve(_ x: Double) -> Double { 0.3 + 0.02 * x - 0.003 * x * x + 1e-4 * x * x * x }
        let line = Volume(
            shape: Shape(depth: 1, height: 1, width: 40),
            voxels: (0..<40).map { Float(curve(Double($0))) })
        let moved = Resampling(
            height: AxisWeights(moving: 1, by: 0), width: AxisWeights(moving: 40, by: distance)
        ).apply(to: line)
        for x in 8..<32 {
            #expect(abs(Double(moved[0, 0, x]) - curve(Double(x) - distance)) < 2e-6)
            if distance == distance.rounded() {
                #expect(moved[0, 0, x] == line[0, 0, x - Int(distance)])
            }
        }
    }
}
