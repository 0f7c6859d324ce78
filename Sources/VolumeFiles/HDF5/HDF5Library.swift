import CHDF5
import Synchronization
import SystemPackage

/// The HDF5 library of this process.
///
/// The library keeps its identifiers, its open files and its caches in global variables and may be
/// built without locks of its own, so no two threads may be inside it: every call in this room is
/// made from ``serialised(_:)``, including the calls that close identifiers.
enum HDF5Library {
    private static let lock = Mutex<Void>(())

    /// At exit the library would close what is open, and after a failed write it crashes there.
    /// Everything of ours is closed or flushed by hand, so it is told not to, before its first use.
    private static let isPrepared: Bool = H5dont_atexit() >= 0

    /// Runs `body`, which may call the library; never nested.
    static func serialised<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let outcome = lock.withLock { _ -> HDF5Outcome<R, E> in
            _ = isPrepared
            // Errors are printed unless every thread says no; ours travel as Swift errors.
            H5Eset_auto2(chdf5_default, nil, nil)
            do throws(E) {
                return HDF5Outcome(.success(try body()))
            } catch {
                return HDF5Outcome(.failure(error))
            }
        }
        return try outcome.result.get()
    }

    /// Why the last call failed, on one line, and the number of the system's error behind it.
    static func lastComplaint() -> (text: String, systemError: Int32) {
        var complaint = chdf5_last_complaint()
        let text = unsafe withUnsafeBytes(of: &complaint.text) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return (text.printable, complaint.system_error)
    }
}

/// Carries a result out of the lock: it was made by the thread that waits for it.
private struct HDF5Outcome<R, E: Error>: @unchecked Sendable {
    let result: Result<R, E>
    init(_ result: Result<R, E>) { self.result = result }
}

/// An identifier of the library: a file, group, dataset, type or the like, closed with its last
/// reference, which must go away inside ``HDF5Library/serialised(_:)``.
final class HDF5Handle {
    let id: hid_t

    /// Takes over what the library returned; `nil` for its negative sign of failure.
    init?(_ id: hid_t) {
        guard id >= 0 else { return nil }
        self.id = id
    }

    private var isOpen = true

    deinit {
        if isOpen { H5Idec_ref(id) }
    }

    /// Closes the identifier now, where it matters whether that works: negative if it failed.
    func close() -> Int32 {
        isOpen = false
        return H5Idec_ref(id)
    }

    /// Leaves the identifier open for good.
    func leave() { isOpen = false }
}

/// Takes over an identifier the library has just made; its failure becomes a broken file.
func opened(
    _ id: hid_t, in path: FilePath, _ purpose: @autoclosure () -> String
) throws(VolumeFileError) -> HDF5Handle {
    guard let handle = HDF5Handle(id) else { throw brokenFile(path, purpose()) }
    return handle
}

/// Checks a status, count or size of the library: negative means that it failed.
@discardableResult
func checked<Status: FixedWidthInteger & SignedInteger>(
    _ status: Status, in path: FilePath, _ purpose: @autoclosure () -> String
) throws(VolumeFileError) -> Status {
    guard status >= 0 else { throw brokenFile(path, purpose()) }
    return status
}

/// A failure of the library while it read `path`.
func brokenFile(_ path: FilePath, _ purpose: String) -> VolumeFileError {
    let complaint = HDF5Library.lastComplaint()
    let reason = complaint.text.isEmpty ? "no reason given" : complaint.text
    return .malformed(path, problem: "\(purpose.printable) (\(reason))")
}

extension String {
    /// The text on one line, without control characters, cut to two hundred characters: names in
    /// a file come from strangers and end in messages.
    var printable: String {
        let kept = String(
            String.UnicodeScalarView(
                unicodeScalars.lazy
                    .map { $0.properties.generalCategory == .control ? " " : $0 }.prefix(200)))
        return kept.split(separator: " ").joined(separator: " ")
    }
}
