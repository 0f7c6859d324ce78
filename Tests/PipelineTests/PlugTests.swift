import Foundation
import Manifest
import Segmentation
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes
import Workspace

@testable import Pipeline

/// `region: {cylinder: find}` of manifests.
@Suite struct `A plug in air` {
    private static let shape = Shape(edge: 60)
    private static let truth = FieldOfView.cylinder(centreY: 29, centreX: 31.5, radius: 25)
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// Rock with pores in a plug; the air around it is darker than pores.
    private static let scan: Volume<UInt16> = {
        var scan = phantomScan(edge: shape.depth, seed: 8)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let inside = truth.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !inside.contains(x) { scan[z, y, x] = 4000 }
            }
        }
        return scan
    }()

    private func manifest(region: String) throws -> Manifest {
        try writeScan(Self.scan, to: laboratory.scratch.appending("a.npy"))
        return try laboratory.manifest(
            """
              - id: a
                material: phantom
                high: {path: a.npy, voxel_size: 2 um}
                region: \(region)
            """, settings: "segmentation: {denoise: none}")
    }

    private func plug() throws -> Plug {
        let scans = try laboratory.folder("a", .ingest).appending("scans.json")
        return try #require(try CanonicalJSON.read(IngestOutput.self, from: scans).plug)
    }

    @Test func `is found, and what lies beyond is left out of everything`() async throws {
        let notes = try await laboratory.run(manifest(region: "{cylinder: find}"))
        #expect(notes.failed.isEmpty, "\(notes.failed)")
        let plug = try plug()
        #expect(abs(plug.centreY - 29) < 0.5 && abs(plug.centreX - 31.5) < 0.5)
        #expect(abs(plug.radius - 25) < 1)
        // The same as on the command line.
        #expect(RawSlab(Self.scan).plug() == plug)

        let row = try #require(try laboratory.rows("region").first)
        #expect(row["kind"] as? String == "cylinder" && row["origin"] as? String == "found")
        #expect(abs(try #require(row["radius"] as? Double) - plug.radius) < 1e-12)
        #expect(abs(try #require(row["centre_y"] as? Double) - plug.centreY) < 1e-12)

        let view = plug.fieldOfView()
        var (inView, pores) = (0, 0)
        let file = try laboratory.folder("a", .segment).appending(SegmentOutput.fileName)
        let mask = try HDF5ScanReader(trusted: file, dataset: "/mask").readAll()
            .volume(as: UInt8.self)
        for z in 0..<Self.shape.depth {
            for y in 0..<Self.shape.height {
                let inside = view.columns(z: z, y: y, in: Self.shape)
                for x in 0..<Self.shape.width {
                    let isPore = inside.contains(x) && Self.scan[z, y, x] < 15000
                    #expect((mask[z, y, x] == 1) == isPore)
                    inView += inside.contains(x) ? 1 : 0
                    pores += isPore ? 1 : 0
                }
            }
        }
        func value(_ name: String) throws -> Double? {
            try laboratory.rows("parameter").first { $0["name"] as? String == name }?["value"]
                as? Double
        }
        let porosity = try #require(try value("porosity_total"))
        #expect(abs(porosity - Double(pores) / Double(inView)) < 1e-12)

        let bounds = try #require(view.bounds(in: Self.shape))
        let pair = try #require(try laboratory.rows("pair").first)
        #expect((pair["height"] as? Int ?? 99) * PhantomPair.scale <= bounds.shape.height)
        #expect((pair["width"] as? Int ?? 99) * PhantomPair.scale <= bounds.shape.width)
        let patches = try laboratory.rows("patch")
        let flags = patches.map { ($0["flags"] as? String ?? "").contains("outside") }
        #expect(flags.contains(true) && flags.contains(false))

        let page = try String(contentsOfFile: laboratory.layout.page.string, encoding: .utf8)
        for text in [
            "Part of HIGH used", "% of its rim in the scan", "along z",
            String(format: "%.1f, %.1f", plug.centreY, plug.centreX),
            String(format: "%.1f", plug.radius),
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(try await laboratory.run(manifest(region: "{cylinder: find}")).ran.isEmpty)
    }

    @Test func `that is given where it would be found gives the same numbers`() async throws {
        try await laboratory.run(manifest(region: "{cylinder: find}"))
        let plug = try plug()
        let tables = ["parameter", "patch", "pair", "mask"]
        func numbers() throws -> [String] {
            try tables.flatMap { table in
                try laboratory.rows(table).map { row in
                    // Folders are named after the settings too.
                    row.filter { $0.key != "file" }.sorted { $0.key < $1.key }.map { "\($0)" }
                        .joined(separator: " ")
                }
            }
        }
        let found = try numbers()
        let given =
            "{cylinder: {centre: [\(plug.centreY), \(plug.centreX)], radius: \(plug.radius)}}"
        let notes = try await laboratory.run(manifest(region: given))
        // Only the search is not made; all that follows depends on where the plug is.
        #expect(notes.ran == ["a/ingest"])
        #expect(try numbers() == found)
        #expect(try laboratory.rows("region").first?["origin"] as? String == "given")
    }

    @Test func `that is not there is refused in one line`() async throws {
        try writeScan(phantomScan(edge: 40, seed: 3), to: laboratory.scratch.appending("b.npy"))
        let manifest = try laboratory.manifest(
            laboratory.entry("b", path: "b.npy", more: "region: {cylinder: find}"),
            laboratory.single("c", seed: 4))
        let notes = try await laboratory.run(manifest)
        let message = try #require(notes.failed["b/ingest"])
        #expect(message.hasPrefix("b.npy: no plug stands along z"))
        #expect(message.contains("centre") && !message.contains("\n"))
        #expect(notes.failed.count == 1 && !notes.ran.contains("b/segment"))
        #expect(try laboratory.plan(manifest).first?.contains("no plug stands") == true)
        // Told to use the whole scan, it goes on.
        let whole = try laboratory.manifest(
            laboratory.entry("b", path: "b.npy"), laboratory.single("c", seed: 4))
        #expect(try await laboratory.run(whole).failed.isEmpty)
    }
}
