import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct `A pair of images` {
    @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
    func `goes through the whole line like a pair of volumes`() throws {
        let scratch = try ScratchFolder()
        for name in ["HR.tif", "LOW_down4.tif"] {
            let source = name == "HR.tif" ? name : "LR_down4.tif"
            try FileManager.default.copyItem(
                atPath: SharedData.folder.appending("bentheimer-drp211-2d/\(source)").string,
                toPath: scratch.appending(name).string)
        }
        let manifest = """
            dataset: {name: images, scale: 4, patches: {size: 32}}
            samples:
              - id: slice
                material: Bentheimer sandstone
                low: {path: LOW_down4.tif, voxel_size: 8 um}
                high: {path: HR.tif, voxel_size: 2 um}
            """
        try Data(manifest.utf8).write(
            to: URL(fileURLWithPath: scratch.appending("manifest.yaml").string))
        let output = scratch.appending("out").string
        let built = try Program.tomopair([
            "build", scratch.appending("manifest.yaml").string, "--output", output, "--quiet",
        ])
        #expect(built.status == 0, "\(built.errors)")
        let patches = try Program.tomopair(["export", output, "--format", "json", "v_patches"])
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(patches.output.utf8)) as? [[String: Any]])
        #expect(rows.count == 36)
        #expect(rows.allSatisfy { $0["high_depth"] as? Int == 1 })
        #expect(rows.allSatisfy { $0["high_height"] as? Int == 128 })
        #expect(rows.allSatisfy { $0["mask_file"] is String })
    }
}
