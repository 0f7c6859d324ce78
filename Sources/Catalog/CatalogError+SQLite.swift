import Foundation
import GRDB
import SystemPackage

extension CatalogError {
    /// Says what an error of SQLite means for the user.
    init(_ error: any Error, path: FilePath, what: String) {
        if let error = error as? CatalogError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .refused(path, what: what, reason: "\(error)")
            return
        }
        let reason = error.message ?? "\(error.resultCode)"
        self =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .busy(path)
            case .SQLITE_FULL: .noSpace(path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(path, reason: reason)
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_PERM, .SQLITE_AUTH:
                .cannotWrite(path, reason: reason)
            case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
                .refused(path, what: what, reason: reason)
            default: .failed(path, reason: reason)
            }
    }
}

/// Runs `body`; what it throws becomes a ``CatalogError`` about `what` in the catalog at `path`.
func attempting<Result>(
    _ path: FilePath, _ what: String, _ body: () throws -> Result
) throws(CatalogError) -> Result {
    do {
        return try body()
    } catch {
        throw CatalogError(error, path: path, what: what)
    }
}
