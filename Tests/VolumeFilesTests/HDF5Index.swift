import Foundation
import SystemPackage
import TestSupport

/// What an independent reader (h5py 3.16 on HDF5 2.0) found in the files of a folder.
struct HDF5Index {
    struct File: Sendable, CustomStringConvertible {
        let path: FilePath
        let datasets: [Dataset]
        var description: String { path.lastComponent?.string ?? "" }
    }

    struct Dataset: Decodable, Sendable {
        /// Path, extents, number format of numpy, registered filters, and the first twelve digits
        /// of the SHA-256 of the numbers in C order, little endian.
        let p: String
        let s: [Int]?
        let t: String
        let f: [Int]?
        let h: String?
    }

    /// The files listed in `folder/index.csv`; none where the shared data is absent.
    static func files(in folder: String) -> [File] {
        let folder = SharedData.folder.appending(folder)
        guard
            let text = try? String(
                contentsOfFile: folder.appending("index.csv").string, encoding: .utf8)
        else { return [] }
        return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let cells = cells(of: line)
            return File(path: folder.appending(cells[0]), datasets: datasets(cells[5]))
        }
    }

    private static func cells(of line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        var previous: Character = ","
        for character in line {
            switch character {
            case "\"":
                // A doubled quote is one of the text.
                if !isQuoted, previous == "\"" { cells[cells.count - 1].append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
            previous = character
        }
        return cells
    }

    /// The list, without its last entry where the index was cut at 1,500 characters.
    private static func datasets(_ text: String) -> [Dataset] {
        let decoder = JSONDecoder()
        if let whole = try? decoder.decode([Dataset].self, from: Data(text.utf8)) { return whole }
        guard let cut = text.range(of: "}, {", options: .backwards) else { return [] }
        let list = String(text[..<cut.lowerBound]) + "}]"
        return (try? decoder.decode([Dataset].self, from: Data(list.utf8))) ?? []
    }
}
