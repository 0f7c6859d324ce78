import Training
import Upscaling

extension SliceUse {
    /// The slices that a trained network takes and makes.
    init(of trained: TrainedNetwork) {
        self.init(
            seen: trained.lowSlices,
            made: trained.highSlices == .all ? trained.description.outputs : 1)
    }
}
