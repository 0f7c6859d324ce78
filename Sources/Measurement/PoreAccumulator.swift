public import Volumes

/// A measurement that meets a mask slab by slab, so that a volume need not fit into memory.
///
/// What it finds is the same to the last bit for every height of slabs and any number of cores: it
/// counts in whole numbers, and divides at the end.
public protocol PoreAccumulator: Sendable {
    /// Takes the next slices of the mask, true in pore space; slabs come in order, each as high and
    /// wide as the whole, and none beyond it.
    mutating func add(_ slab: Mask)

    /// What was found; all slices have been added.
    func findings() -> PoreFindings
}
