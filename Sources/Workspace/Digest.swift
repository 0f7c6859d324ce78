import CCrypto
public import SystemPackage

/// A SHA-256 sum, as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The digits.
    public let hexadecimal: String

    /// Takes 64 hexadecimal digits; `nil` for anything else.
    public init?(hexadecimal: String) {
        let digits = hexadecimal.utf8
        guard digits.count == 64,
            digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.hexadecimal = hexadecimal
    }

    /// The sum of some bytes.
    public init(of bytes: some Sequence<UInt8>) {
        var hasher = DigestHasher()
        hasher.update(Array(bytes))
        self = hasher.finish()
    }

    fileprivate init(bytes: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        hexadecimal = String(decoding: text, as: UTF8.self)
    }

    /// Reads 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        guard let digest = Digest(hexadecimal: try String(from: decoder)) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a digest is 64 hexadecimal digits"))
        }
        self = digest
    }

    /// Writes the digits.
    public func encode(to encoder: any Encoder) throws { try hexadecimal.encode(to: encoder) }

    /// The digits.
    public var description: String { hexadecimal }

    /// The sum of a file, read once from front to end.
    ///
    /// - Throws: ``WorkspaceError/missing(_:)``, ``WorkspaceError/unreadable(_:reason:)``.
    public init(ofFile path: FilePath) throws(WorkspaceError) {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            var hasher = DigestHasher()
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes {
                    try unsafe file.read(into: $0)
                }
                if count == 0 { break }
                hasher.update(buffer, count: count)
            }
            self = hasher.finish()
        } catch Errno.noSuchFileOrDirectory {
            throw .missing(path)
        } catch let error as Errno {
            throw .unreadable(path, reason: error.description)
        } catch {
            throw .unreadable(path, reason: "\(error)")
        }
    }
}

/// SHA-256 of bytes that come in pieces, by libcrypto.
@safe public struct DigestHasher: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty sum.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("libcrypto offers SHA-256") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds the first `count` of `bytes`, all by default.
    public mutating func update(_ bytes: [UInt8], count: Int? = nil) {
        let added = unsafe bytes.withUnsafeBytes { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, count ?? buffer.count)
        }
        precondition(added == 1, "libcrypto takes bytes until the sum is finished")
    }

    /// The sum of all that was added; the hasher is used up.
    public consuming func finish() -> Digest {
        var sum = [UInt8](repeating: 0, count: 32)
        let done = unsafe sum.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        }
        precondition(done == 1, "libcrypto finishes a sum once")
        return Digest(bytes: sum)
    }
}
