import Morphology
import PoreNetwork
import Volumes

extension Kernel {
    /// From a mask to its pores.
    static var ofPores: [Kernel] {
        [
            Kernel("distance", on: { try $0.mask() }, checking: \.sum) { mask in
                squaredDistanceTransform(of: mask)
            },
            Kernel("components", on: { try $0.mask() }, checking: \.sum) { mask in
                ConnectedComponents(of: mask).labels()
            },
            Kernel(
                "watershed",
                on: { inputs in
                    let mask = try inputs.mask()
                    let distances = squaredDistanceTransform(of: mask)
                    return (mask, distances, try inputs.places())
                },
                checking: \.sumOfSquaredSizes
            ) { mask, distances, places in
                watershed(of: mask, squaredDistances: distances, from: places)
            },
            Kernel("snow", on: { try $0.mask() }, checking: \.sumOfSquaredSizes) { mask in
                snowRegions(of: mask).volume
            },
            // SNOW that keeps to the pores.
            Kernel("snow-masked", on: { try $0.mask() }, checking: \.sumOfSquaredSizes) { mask in
                pores(of: mask, snow: SnowSettings()).volume
            },
            Kernel("thickness", on: { try $0.mask() }, checking: \.meanRoot) { mask in
                localThickness(of: mask)
            },
        ]
    }
}
