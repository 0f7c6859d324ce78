import CPrefetch
import Volumes

/// Has the words around a place fetched before a flood comes to it.
///
/// A flood's places are scattered over the volume, and it would mostly wait for memory; queues know some
/// steps before what comes next.
struct ComingWords {
    /// The address of the first word; none is read through it.
    private let address: UInt
    /// From a word to the same of the next row and slice, in bytes.
    private let (row, slice): (UInt, UInt)

    /// The words of a volume of `shape`.
    init(_ words: inout MutableSpan<UInt32>, in shape: Shape) {
        address = unsafe words.withUnsafeMutableBufferPointer { words in
            UInt(bitPattern: words.baseAddress)
        }
        (row, slice) = (4 * UInt(shape.width), 4 * UInt(shape.sliceCount))
    }

    /// Asks for the words of a place and its neighbours. A neighbour beyond the volume does no harm, as
    /// the processor passes over addresses that nothing is at.
    @inline(__always)
    func fetch(around place: Int) {
        let middle = address &+ 4 &* UInt(place)
        unsafe cprefetch(UnsafeRawPointer(bitPattern: middle))
        unsafe cprefetch(UnsafeRawPointer(bitPattern: middle &- slice))
        unsafe cprefetch(UnsafeRawPointer(bitPattern: middle &- row))
        unsafe cprefetch(UnsafeRawPointer(bitPattern: middle &+ row))
        unsafe cprefetch(UnsafeRawPointer(bitPattern: middle &+ slice))
    }
}
