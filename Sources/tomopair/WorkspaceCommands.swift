import Console
import ArgumentParser
import Catalog
import Foundation
import Pipeline
import SystemPackage

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what is done for each sample of a workspace.")

    @Argument(help: "The folder of the workspace.")
    var output: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        try reportingErrors {
            let summary = try BuildSummary(of: FilePath(output))
            if json { try printJSON(summary) } else { printSummary(summary) }
        }
    }
}

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks that every file of a workspace, and every source scan, is as it was.")

    @Argument(help: "The folder of the workspace.")
    var output: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        try await reportingErrors {
            let folder = FilePath(output)
            let problems = try await Interruption.guarding { try verify(folder) }
            if json {
                try printJSON(problems)
            } else if problems.isEmpty {
                print("every file is as it was made")
            } else {
                for problem in problems { print("\(problem.file): \(problem.problem)") }
            }
            if !problems.isEmpty { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }
}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws the page of a workspace again.")

    @Argument(help: "The folder of the workspace.")
    var output: String

    func run() throws {
        try reportingErrors { print(try redrawReport(of: FilePath(output)).string) }
    }
}

struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Makes the catalog anew from the receipts, or checks it.",
        subcommands: [Rebuild.self, Check.self])

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the catalog anew from the receipts alone.")

        @Argument(help: "The folder of the workspace.")
        var output: String

        func run() throws {
            try reportingErrors { print(try rebuildCatalog(of: FilePath(output)).string) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks the catalog: integrity, foreign keys, schema, and the receipts.")

        @Argument(help: "The folder of the workspace.")
        var output: String

        func run() throws {
            try reportingErrors {
                let problems = try checkCatalog(of: FilePath(output))
                for problem in problems { print(problem) }
                guard problems.isEmpty else { throw ExitCode(ExitStatus.badData.rawValue) }
                print("the catalog is sound")
            }
        }
    }
}

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints tables or views of a catalog as CSV or JSON.")

    @Argument(help: "The folder of the workspace.")
    var output: String

    @Option(help: "csv or json.")
    var format: ExportFormat

    @Argument(help: "Tables or views; docs/CATALOG.md lists them.")
    var tables: [String]

    func run() throws {
        try reportingErrors {
            try export(tables, of: FilePath(output), as: format) { text in
                try writeToStandardOutput(text)
            }
        }
    }
}
