import Registration
import Volumes

extension Kernel {
    /// Lays HIGH over LOW, whose voxels are four times as long.
    static var ofRegistration: [Kernel] {
        [
            Kernel(
                "register", warmsUp: false,
                on: { inputs in
                    let low = try inputs.slab(0)
                        .convert(to: Float.self, voxelSize: VoxelSize(micrometres: 4))
                    let high = try inputs.slab(1)
                        .convert(to: Float.self, voxelSize: VoxelSize(micrometres: 1))
                    return (low, high)
                }
            ) { low, high in
                try register(low: low, high: high)
            }
        ]
    }
}
