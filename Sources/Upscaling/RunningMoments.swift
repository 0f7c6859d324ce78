import Volumes

/// The mean and standard deviation of volumes of one shape, voxel by voxel, without keeping them
/// (Welford 1962, doi:10.1080/00401706.1962.10490022).
struct RunningMoments {
    private(set) var mean: Volume<Float>
    private var squares: Volume<Float>
    private var count: Float = 0

    init(shape: Shape) {
        mean = Volume(shape: shape, repeating: 0)
        squares = Volume(shape: shape, repeating: 0)
    }

    mutating func add(_ volume: Volume<Float>) {
        count += 1
        let share = 1 / count
        volume.withVoxels { values in
            mean.withMutableVoxels { mean in
                squares.withMutableVoxels { squares in
                    let number = values.count
                    precondition(
                        mean.count == number && squares.count == number, "volumes of one shape")
                    for index in 0..<number {
                        let difference = values[index] - mean[index]
                        mean[index] += difference * share
                        squares[index] += difference * (values[index] - mean[index])
                    }
                }
            }
        }
    }

    /// The deviation of the values themselves, divided by their number.
    var deviation: Volume<Float> {
        let number = count
        return squares.map { ($0 / number).squareRoot() }
    }
}
