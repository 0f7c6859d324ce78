import Dispatch

/// Does two things at once, each on a core of its own, and waits for both.
///
/// The two share nothing that either changes.
public func concurrently<A, B>(_ first: () -> A, _ second: () -> B) -> (A, B) {
    var (a, b): (A?, B?) = (nil, nil)
    // Each iteration runs one closure and writes one result; the call returns after both.
    withoutActuallyEscaping(first) { first in
        withoutActuallyEscaping(second) { second in
            unsafe withUnsafeMutablePointer(to: &a) { a in
                unsafe withUnsafeMutablePointer(to: &b) { b in
                    nonisolated(unsafe) let (first, second) = (first, second)
                    nonisolated(unsafe) let (a, b) = unsafe (a, b)
                    DispatchQueue.concurrentPerform(iterations: 2) { index in
                        if index == 0 {
                            unsafe a.pointee = first()
                        } else {
                            unsafe b.pointee = second()
                        }
                    }
                }
            }
        }
    }
    guard let a, let b else { preconditionFailure("both closures have run") }
    return (a, b)
}
