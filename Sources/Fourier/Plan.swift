import CFFTW
import Synchronization

/// A plan of FFTW for one thread, made without timing so that it is the same in every run.
///
/// `FFTW_MEASURE` chooses by the clock, and results then differ between runs in the last bits.
@safe final class Plan: @unchecked Sendable {
    // Sendable: executing a plan on other arrays is the one thing FFTW allows from any thread, and
    // the handle never changes.
    private let handle: fftwf_plan

    /// FFTW's planner has global state: making and destroying plans happens one at a time
    /// (fftw.org, "Thread safety").
    private static let planner = Mutex<Void>(())

    private init(making make: () -> fftwf_plan?) {
        guard let handle = unsafe Plan.planner.withLock({ _ in unsafe make() }) else {
            preconditionFailure("FFTW plans every positive length that fits an Int32")
        }
        unsafe self.handle = handle
    }

    deinit { Plan.planner.withLock { _ in unsafe fftwf_destroy_plan(handle) } }

    // Planning with FFTW_ESTIMATE leaves the arrays alone; they only tell their alignment.

    /// In place, real to complex, of a `height` x `width` image of padded rows.
    static func forwardImage(height: Int, width: Int, rowStride: Int) -> Plan {
        let scratch = AlignedFloats(count: height * rowStride)
        return unsafe Plan {
            unsafe plan(height: height, width: width, rowStride: rowStride) { n, real, half in
                unsafe fftwf_plan_many_dft_r2c(
                    2, n, 1, scratch.floats, real, 1, 0, scratch.complex(), half, 1, 0,
                    FFTW_ESTIMATE)
            }
        }
    }

    /// In place, complex to real, of a `height` x `width` image of padded rows; not normalised.
    static func inverseImage(height: Int, width: Int, rowStride: Int) -> Plan {
        let scratch = AlignedFloats(count: height * rowStride)
        return unsafe Plan {
            unsafe plan(height: height, width: width, rowStride: rowStride) { n, real, half in
                unsafe fftwf_plan_many_dft_c2r(
                    2, n, 1, scratch.complex(), half, 1, 0, scratch.floats, real, 1, 0,
                    FFTW_ESTIMATE)
            }
        }
    }

    /// In place, complex, of `count` interleaved sequences of `length` numbers.
    static func interleaved(length: Int, count: Int, forward: Bool) -> Plan {
        let scratch = AlignedFloats(count: 2 * length * count)
        var n = Int32(length)
        return unsafe Plan {
            unsafe fftwf_plan_many_dft(
                1, &n, Int32(count), scratch.complex(), nil, Int32(count), 1, scratch.complex(),
                nil, Int32(count), 1, forward ? FFTW_FORWARD : FFTW_BACKWARD, FFTW_ESTIMATE)
        }
    }

    private static func plan(
        height: Int, width: Int, rowStride: Int,
        _ make: (
            UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Int32>
        ) -> fftwf_plan?
    ) -> fftwf_plan? {
        let extents = [Int32(height), Int32(width)]
        let real = [Int32(height), Int32(rowStride)]
        let half = [Int32(height), Int32(rowStride / 2)]
        return unsafe extents.withUnsafeBufferPointer { n in
            unsafe real.withUnsafeBufferPointer { r in
                unsafe half.withUnsafeBufferPointer { h in
                    guard let n = n.baseAddress, let r = r.baseAddress, let h = h.baseAddress
                    else { return nil }
                    return unsafe make(n, r, h)
                }
            }
        }
    }

    /// Runs a forward image plan on memory aligned as when it was planned.
    func forwardImage(_ floats: UnsafeMutablePointer<Float>) {
        unsafe fftwf_execute_dft_r2c(handle, floats, Plan.complex(floats))
    }

    /// Runs an inverse image plan.
    func inverseImage(_ floats: UnsafeMutablePointer<Float>) {
        unsafe fftwf_execute_dft_c2r(handle, Plan.complex(floats), floats)
    }

    /// Runs an interleaved plan.
    func interleaved(_ floats: UnsafeMutablePointer<Float>) {
        unsafe fftwf_execute_dft(handle, Plan.complex(floats), Plan.complex(floats))
    }

    private static func complex(
        _ floats: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<fftwf_complex> {
        unsafe UnsafeMutableRawPointer(floats).assumingMemoryBound(to: fftwf_complex.self)
    }
}
