import Dataset
import Foundation
import Manifest
import Measurement
import SystemPackage
import TestSupport
import Testing
import Volumes

/// A manifest of one sample, with `lines` in place of the `high` line.
func oneSample(_ lines: String = "high: {path: high.tif}", dataset: String = "name: rock") -> String
{
    """
    dataset: {\(dataset)}
    samples:
      - id: plug-1
        material: Bentheimer sandstone
        \(lines.replacing("\n", with: "\n    "))
    """
}

/// The problems of a text that is read as lying in an empty folder.
func problems(_ yaml: String) throws -> [String] {
    let scratch = try ScratchFolder()
    let path = scratch.appending("m.yaml")
    do throws(ManifestError) {
        _ = try Manifest(yaml: yaml, path: path)
        return []
    } catch {
        guard case .invalid(_, let problems) = error else { throw error }
        return problems.map(\.description)
    }
}

@Suite struct `Manifest file` {
    @Test func `says how pores are told from grains`() throws {
        func segmentation(_ text: String) throws -> SegmentationEntry {
            try Manifest(
                yaml: oneSample(dataset: "name: r, segmentation: {\(text)}"),
                path: ScratchFolder().appending("m.yaml")
            ).segmentation
        }
        #expect(
            try segmentation("denoise: nonlocal").denoise
                == .nonLocalMeans(patch: 1, search: 3, strength: 0.8))
        #expect(
            try segmentation("denoise: {nonlocal: {search: 2, strength: 1.5}}").denoise
                == .nonLocalMeans(patch: 1, search: 2, strength: 1.5))
        #expect(
            try segmentation("denoise: {diffusion: {steps: 20}}").denoise
                == .diffusion(steps: 20, edge: 3))
        #expect(
            try segmentation("threshold: [pore, microporous, solid]").threshold
                == .otsuPhases(hasMicroporous: true, hasDense: false))
        #expect(
            try segmentation("threshold: {solid: 120, dense: 220}").threshold
                == .values(microporous: nil, solid: 120, dense: 220))
        #expect(
            try segmentation("threshold: {solid: 120, dense: 20}, pores: bright").threshold
                == .values(microporous: nil, solid: 120, dense: 20))
        let all = try segmentation(
            "boundary: gradient, partition: snow, correct: {drift: yes, cupping: 2}, "
                + "clean: {holes: 8, islands: 27}")
        #expect(all.partition == .snow)
        #expect(all.boundary == .gradient && all.correctsDrift && all.cuppingDegree == 2)
        #expect(all.holesBelow == 8 && all.islandsBelow == 27)
    }

    @Test func `says what is solved`() throws {
        func solving(_ text: String) throws -> MeasurementEntry.Solving? {
            try Manifest(
                yaml: oneSample(dataset: "name: r, measurement: {solve: \(text)}"),
                path: ScratchFolder().appending("m.yaml")
            ).measurement.solving
        }
        #expect(try solving("false") == nil)
        #expect(try solving("true")?.edge == nil)
        let part = try solving("{edge: 200, minutes: 30, flow: mirrored}")
        #expect(part?.edge == 200 && part?.minutes == 30 && part?.flow == .mirrored)
    }

    @Test func `says which part of a scan is used, of all samples or of one`() throws {
        func region(_ dataset: String, _ sample: String = "") throws -> RegionOfInterest? {
            try Manifest(
                yaml: oneSample(
                    "high: {path: a.tif}" + (sample.isEmpty ? "" : "\nregion: \(sample)"),
                    dataset: "name: r, region: \(dataset)"),
                path: ScratchFolder().appending("m.yaml")
            ).samples[0].region
        }
        #expect(try region("all") == nil)
        #expect(try region("{cylinder: find}")?.plug == .find)
        #expect(try region("all", "{cylinder: find}")?.plug == .find)
        #expect(try region("{cylinder: find}", "all") == nil)
        let box = try #require(try region("{cylinder: find}", "{z: [0, 9]}"))
        #expect(box.plug == nil && box.z == 0..<9)
    }

    @Test func `says what is measured, of all samples or of one`() throws {
        func measurement(_ dataset: String, _ sample: String = "") throws -> MeasurementEntry {
            let more = sample.isEmpty ? "" : "\nmeasurement: {\(sample)}"
            return try Manifest(
                yaml: oneSample(
                    "high: {path: a.tif}" + more,
                    dataset: "name: r, measurement: {\(dataset)}"),
                path: ScratchFolder().appending("m.yaml")
            ).samples[0].measurement
        }
        let few = try MeasurementChoice(only: ["porosity", "pore_count"])
        #expect(try measurement("only: all") == .standard)
        #expect(try measurement("only: [porosity, pore_count]").choice == few)
        #expect(try measurement("", "only: [porosity, pore_count]").choice == few)
        #expect(try measurement("only: [chords]", "only: [porosity, pore_count]").choice == few)
        #expect(try measurement("only: [porosity]", "only: all").choice == .unsolved)
        #expect(try measurement("solve: true").choice == .everything)
        let part = "solve: {edge: 50, minutes: 2}"
        #expect(try measurement(part, "only: [porosity, pore_count]").choice == few)
        let flow = try measurement(part, "only: [permeability]")
        #expect(flow.choice.names == ["permeability"] && flow.solving?.edge == 50)
        let own = try measurement("only: [permeability], solve: true", part)
        #expect(own.choice == flow.choice && own.solving == flow.solving)
        #expect(try measurement(part, "solve: false") == .standard)
    }

    @Test func `of the examples shows every key`() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("manifests/example.yaml")
        let manifest = try Manifest(contentsOf: path)
        #expect(manifest.name == "bentheimer")
        #expect(manifest.scale == 4)
        #expect(manifest.split == .standard)
        #expect(manifest.segmentation == .standard)
        #expect(manifest.measurement == .standard)
        #expect(manifest.samples[1].measurement.solving?.edge == 200)
        #expect(manifest.samples[1].measurement.choice.names.contains("permeability"))
        #expect(manifest.patches == .standard)
        #expect(manifest.simulation == .standard)
        try #require(manifest.samples.count == 3)

        let first = manifest.samples[0]
        let folder = path.removingLastComponent()
        guard case .scan(let low) = first.low else {
            Issue.record("plug-1 has a LOW scan")
            return
        }
        #expect(low.path == folder.appending("plug-1/low.tif"))
        #expect(low.written == "plug-1/low.tif")
        #expect(low.voxelSize == given(8))
        #expect(first.high.voxelSize == given(2))
        #expect(first.high.dataset == "/exchange/data")
        #expect(first.scale == 4)
        #expect(first.laboratory.map(\.value) == [0.226, 2400])
        #expect(first.laboratory.map(\.unit) == [.fraction, .millidarcy])
        #expect(first.laboratory[0].record.written == "22.6 percent")
        #expect(first.laboratory[0].uncertainty == 0.003)
        #expect(first.laboratory[1].axis == .z)
        #expect(first.alignment?.translationInMicrometres == SIMD3(120, 0, -35.5))
        #expect(first.alignment?.rotationInDegrees == SIMD3(0, 0, 0))
        #expect(first.alignment?.transform.translation == SIMD3(120, 0, -35.5))
        #expect(first.alignment?.uncertaintyInMicrometres == 200)
        #expect(first.alignment?.uncertaintyInDegrees == 5)
        #expect(manifest.registration == .standard)
        #expect(
            first.registration
                == RegistrationEntry(
                    model: .similarity, rotation: .upright(tiltInDegrees: 10), isMirrored: false,
                    minimumOverlap: 0.2, drift: .correct))
        #expect(manifest.samples[1].registration == .standard)
        #expect(first.region?.z == 0..<900)
        #expect(first.region?.y == 50..<950)

        #expect(manifest.samples[1].low == .simulated)
        #expect(manifest.samples[1].scale == 3)
        #expect(manifest.samples[1].split == .test)
        #expect(manifest.samples[1].high.voxelSize == given(2))
        guard case .given(let cylinder) = manifest.samples[1].region?.plug else {
            Issue.record("plug-2 is given")
            return
        }
        #expect(cylinder.y == 500 && cylinder.radius == 440)
        #expect(manifest.samples[2].region?.plug == .find)
        #expect(manifest.samples[1].high.allowsGaps)
        #expect(manifest.samples[2].low == LowScan.none)
        #expect(manifest.samples[2].high.voxelSize == given(2.25))
    }

    private func given(_ micrometres: Double) -> VoxelSizeEntry? {
        VoxelSize(micrometres: micrometres).map { .given($0) }
    }

    @Test func `can say that nobody knows a voxel size`() throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(
            yaml: oneSample("high: {path: a.tif, voxel_size: unknown}"),
            path: scratch.appending("m.yaml"))
        #expect(manifest.samples[0].high.voxelSize == .unknown)
    }

    @Test func `looks for scans in the folder that its root names`() throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(
            yaml: oneSample(dataset: "name: r, root: ../scans"),
            path: scratch.appending("m/m.yaml"))
        #expect(manifest.samples[0].high.root.lastComponent?.string == "scans")
        #expect(manifest.samples[0].high.path.starts(with: manifest.samples[0].high.root))
    }

    @Test func `keeps scans inside the root it names`() throws {
        let found = try problems(
            oneSample("high: {path: ../a.tif}", dataset: "name: r, root: scans"))
        #expect(found.count == 1)
        #expect(found[0].contains("outside"))
    }

    @Test(arguments: [
        ("", "", RegistrationEntry.standard),
        (
            "model: affine, drift: correct", "",
            RegistrationEntry(
                model: .affine, rotation: .any, isMirrored: false, minimumOverlap: 0.2,
                drift: .correct)
        ),
        (
            "rotation: upright, tilt: 3 deg, minimum_overlap: 0.5", "mirrored: yes, model: shift",
            RegistrationEntry(
                model: .shift, rotation: .upright(tiltInDegrees: 3), isMirrored: true,
                minimumOverlap: 0.5, drift: .report)
        ),
        (
            "rotation: upright, mirrored: true", "tilt: 4 deg, mirrored: no",
            RegistrationEntry(
                model: .automatic, rotation: .upright(tiltInDegrees: 4), isMirrored: false,
                minimumOverlap: 0.2, drift: .report)
        ),
        (
            "rotation: upright, tilt: 4 deg", "rotation: none",
            RegistrationEntry(
                model: .automatic, rotation: .none, isMirrored: false, minimumOverlap: 0.2,
                drift: .report)
        ),
        (
            "", "rotation: upright",
            RegistrationEntry(
                model: .automatic, rotation: .upright(tiltInDegrees: 10), isMirrored: false,
                minimumOverlap: 0.2, drift: .report)
        ),
    ])
    func `takes from a sample's registration what it says, and the rest from the dataset's`(
        dataset: String, sample: String, expected: RegistrationEntry
    ) throws {
        let scratch = try ScratchFolder()
        let yaml = oneSample(
            "high: {path: h.tif}\nlow: {path: l.tif}\nregistration: {\(sample)}",
            dataset: "name: r, registration: {\(dataset)}")
        let manifest = try Manifest(yaml: yaml, path: scratch.appending("m.yaml"))
        #expect(manifest.samples[0].registration == expected)
    }

    @Test func `trusts an alignment that does not say how far to its standard`() throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(
            yaml: oneSample(
                "high: {path: h.tif}\nlow: {path: l.tif}\nalignment: {translation: [1 um, 0 um, 0 um]}"
            ), path: scratch.appending("m.yaml"))
        let alignment = try #require(manifest.samples[0].alignment)
        #expect(alignment.uncertaintyInMicrometres == nil)
        #expect(alignment.uncertaintyInDegrees == 10)
    }

    @Test func `with the least that is needed takes the standard for the rest`() throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(yaml: oneSample(), path: scratch.appending("m.yaml"))
        #expect(manifest.scale == 4)
        #expect(manifest.samples[0].registration == .standard)
        #expect(manifest.samples[0].low == .simulated)
        #expect(manifest.samples[0].high.voxelSize == .inFile)
    }

    @Test(arguments: [
        ("2 um", 2.0), ("2.25 µm", 2.25), ("2.25um", 2.25), ("0.002 mm", 2), ("2000 nm", 2),
        ("1e1 μm", 10), ("[2 um, 2 um, 0.002 mm]", 2),
    ])
    func `takes a voxel size with its unit`(written: String, micrometres: Double) throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(
            yaml: oneSample("high: {path: a.tif, voxel_size: \(written)}"),
            path: scratch.appending("m.yaml"))
        guard case .given(let size) = manifest.samples[0].high.voxelSize else {
            Issue.record("the voxel size is given")
            return
        }
        #expect(abs(size.meanEdgeInMicrometres - micrometres) < 1e-12)
    }

    /// Each text is wrong in one way; the second is what the answer must say, with its place.
    static let mistakes: [(String, String)] = [
        (oneSample("hihg: {path: a.tif}"), "5:5: a sample has no key 'hihg'; did you mean 'high'?"),
        (oneSample("low: none"), "3:5: a sample needs 'high'"),
        (
            oneSample("high: {path: a.tif, voxel_size: 2}"),
            "5:37: 'voxel_size' needs a length with its unit"
        ),
        (
            oneSample("high: {path: a.tif, voxel_size: 2 furlong}"),
            "5:37: 'voxel_size' needs a length"
        ),
        (oneSample("high: {path: a.tif, voxel_size: -2 um}"), "5:37: 'voxel_size' lies between"),
        (oneSample("high: {path: a.tif, voxel_size: nan um}"), "5:37: 'voxel_size' needs"),
        (
            oneSample("high: {path: a.tif, voxel_size: [2 um, 2 um]}"),
            "5:37: 'voxel_size' is three values"
        ),
        (
            oneSample("high: {path: a.tif, allow_gaps: maybe}"),
            "5:37: 'allow_gaps' is true or false"
        ),
        (oneSample("high: a.tif"), "5:11: 'high' is a list of keys and values"),
        (
            oneSample("high: {path: a.tif}\nscale: 9"),
            "6:12: 'scale' is a whole number from 1 to 8; '9' is not"
        ),
        (oneSample("high: {path: a.tif}\nscale: 2.5"), "6:12: 'scale' is a whole number"),
        (oneSample("high: {path: a.tif}\nscale: \"3\""), "6:12: 'scale' is a whole number"),
        (
            oneSample("high: {path: a.tif}\nsplit: tset"),
            "6:12: 'split' is train, validation or test; did you mean 'test'?"
        ),
        (oneSample("high: {path: a.tif}\nlow: non"), "6:10: 'low' is a scan"),
        (
            oneSample("high: {path: a.tif}\nalignment: {translation: [1 um, 0 um, 0 um]}"),
            "6:16: 'alignment' is between two scans"
        ),
        (
            oneSample("high: {path: a.tif}\nregion: {z: [5, 5]}"),
            "6:17: 'z' is a range of HIGH voxels"
        ),
        (oneSample("high: {path: a.tif}\nregion: {}"), "6:13: 'region' needs one of"),
        (
            oneSample("high: {path: a.tif}\nregion: {cylinder: {centre: [1, 2]}}"),
            "6:24: 'cylinder' needs 'radius'"
        ),
        (
            oneSample("high: {path: a.tif}\nregion: {cylinder: fnd}"),
            "6:24: 'cylinder' is '{centre: [512, 512], radius: 400}', or find; did you mean 'find'?"
        ),
        (
            oneSample("high: {path: a.tif}\nregion: {cylinder: find, z: [0, 9]}"),
            "'region' is a box of z, y and x, or a cylinder, not both"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlaboratory: [{name: porosity_total, value: 20, unit: mm, method: m}]"
            ), "6:58: 'porosity_total' cannot be in mm"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlaboratory: [{name: porosity_total, value: 20, unit: precent, method: m}]"
            ), "unknown unit 'precent'; did you mean 'percent'?"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlaboratory: [{name: porosity_total, value: 120, unit: percent, method: m}]"
            ), "'porosity_total' cannot be 120.0 percent"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlaboratory: [{name: porosity_total, value: 20, method: m}]"),
            "a laboratory value needs 'unit'"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlaboratory: [{name: porsity, value: 20, unit: percent, method: m}]"
            ), "did you mean 'porosity'?"
        ),
        (oneSample("high: {path: a.tif}\nhigh: {path: b.tif}"), "'high' is there twice"),
        (
            oneSample("high: {path: a.tif}\nlow: {path: a.tif}"),
            "names 'a.tif' as both of its scans"
        ),
        (
            oneSample() + "\n  - {id: Plug-1, material: m, high: {path: b.tif}}",
            "6:10: sample 'Plug-1' is already there, on line 3"
        ),
        (
            oneSample() + "\n  - {id: p2, material: m, high: {path: ./high.tif}}",
            "'./high.tif' is already a scan of 'plug-1'"
        ),
        (
            oneSample() + "\n  - {id: ../p2, material: m, high: {path: b.tif}}",
            "6:10: 'id' is 1 to 64 letters"
        ),
        (oneSample() + "\n  - {id: p2, material: , high: {path: b.tif}}", "'material' is a text"),
        (
            oneSample(dataset: "nmae: rock"),
            "1:11: 'dataset' has no key 'nmae'; did you mean 'name'?"
        ),
        (
            oneSample(dataset: "name: r, split: {train: 70, validation: 15, test: 15}"),
            "'train' is a number from 0 to 1; '70' is not"
        ),
        (
            oneSample(dataset: "name: r, split: {train: 0.7, validation: 0.1, test: 0.1}"),
            "shares that add to 1"
        ),
        (oneSample(dataset: "name: r, segmentation: {denoise: meidan}"), "did you mean 'median'?"),
        (
            oneSample(dataset: "name: r, segmentation: {threshold: 0x10}"),
            "'threshold' is otsu, a grey value"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {threshold: [solid, pore]}"),
            "phases are pore and solid, with microporous between them or dense after them"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {threshold: {dense: 9}}"),
            "'threshold' needs 'solid'"
        ),
        (
            oneSample(
                dataset: "name: r, segmentation: {threshold: {microporous: 130, solid: 120}}"),
            "1:46: 'threshold' leads from the pores through microporous and solid to dense, by grey "
                + "values that rise where pores are dark"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {threshold: {solid: 120, dense: 120}}"),
            "rise where pores are dark"
        ),
        (
            oneSample(
                dataset: "name: r, segmentation: {pores: bright, threshold: {solid: 9, dense: 12}}"),
            "fall where pores are bright"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {denoise: {nonlocal: {search: 99}}}"),
            "'search' is a whole number"
        ),
        (
            oneSample(
                dataset: "name: r, segmentation: {denoise: {nonlocal: {}, diffusion: {}}}"),
            "'denoise' is one method"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {correct: {cupping: 3}}"),
            "'cupping' is the power 2 or 4"
        ),
        (
            oneSample(dataset: "name: r, segmentation: {clean: {holes: -1}}"),
            "'holes' is a whole number"
        ),
        (
            oneSample(dataset: "name: r, measurement: {only: [porsity]}"),
            "1:41: no measurement, parameter or curve is called 'porsity'; did you mean 'porosity'?"
        ),
        (
            oneSample(dataset: "name: r, measurement: {only: [porosity, xyzzy]}"),
            "1:51: no measurement, parameter or curve is called 'xyzzy'; there are porosity, "
        ),
        (
            oneSample(dataset: "name: r, measurement: {only: porosity}"),
            "'only' is a list of names"
        ),
        (oneSample(dataset: "name: r, measurement: {only: []}"), "'only' is a list of names"),
        (
            oneSample(dataset: "name: r, measurement: {only: [permeability]}"),
            "1:40: what 'only' names takes solving; say how"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nmeasurement: {solve: false}",
                dataset: "name: r, measurement: {only: [permeability], solve: true}"),
            "6:26: what 'only' names takes solving"
        ),
        (
            oneSample(dataset: "name: r, measurement: {only: [porosity], solve: true}"),
            "'solve' is for what is solved"
        ),
        (
            oneSample(dataset: "name: r, measurement: {solve: {edge: 1}}"),
            "'edge' is a whole number"
        ),
        (
            oneSample(dataset: "name: r, measurement: {solve: {flow: sealde}}"),
            "did you mean 'sealed'?"
        ),
        (
            oneSample(dataset: "name: r, patches: {size: 0}"),
            "'size' is a whole number of LOW voxels"
        ),
        (
            oneSample(dataset: "name: r, patches: {size: [16, 16]}"),
            "'size' is a whole number of LOW voxels, or three"
        ),
        (
            oneSample("high: {path: a.tif}\nregistration: {drift: correct}"),
            "6:19: 'registration' is between two scans"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlow: {path: b.tif}\nregistration: {modle: shift}"),
            "7:20: 'registration' has no key 'modle'; did you mean 'model'?"
        ),
        (
            oneSample(dataset: "name: r, registration: {model: afine}"),
            "1:42: 'model' is automatic, shift, similarity or affine; did you mean 'affine'?"
        ),
        (
            oneSample(dataset: "name: r, registration: {rotation: up}"),
            "1:45: 'rotation' is any, none or upright"
        ),
        (
            oneSample(dataset: "name: r, registration: {rotation: upright, tilt: 10}"),
            "1:60: 'tilt' needs an angle in degrees, as in '1.5 deg'; '10' is not"
        ),
        (
            oneSample(dataset: "name: r, registration: {tilt: 10 deg}"),
            "1:41: 'tilt' goes with 'rotation: upright'"
        ),
        (
            oneSample(dataset: "name: r, registration: {mirrored: maybe}"),
            "1:45: 'mirrored' is true or false"
        ),
        (
            oneSample(dataset: "name: r, registration: {minimum_overlap: 20}"),
            "1:52: 'minimum_overlap' is a number from 0 to 1; '20' is not"
        ),
        (
            oneSample(dataset: "name: r, registration: {drift: corect}"),
            "1:42: 'drift' is report or correct; did you mean 'correct'?"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlow: {path: b.tif}\nalignment: {translation: [1 um, 0 um, 0 um], within: 200}"
            ), "'within' needs a length with its unit"
        ),
        (
            oneSample(
                "high: {path: a.tif}\nlow: {path: b.tif}\nalignment: {translation: [1 um, 0 um, 0 um], turn: 200 deg}"
            ), "'turn' lies between 0.0 and 180.0 degrees"
        ),
        (oneSample(dataset: "name: \"a\\nb\""), "'name' is one line"),
        ("dataset: {name: r}", "1:1: the manifest needs 'samples'"),
        ("dataset: {name: r}\nsamples: []", "'samples' is a list of 1 to 10000"),
        ("", "1:1: the file is empty"), ("[1, 2]", "1:1: the manifest is a list of keys"),
        ("a: [1", "no YAML"), ("a: b\n---\nc: d", "no YAML"), ("a: \u{7}", "no YAML"),
        ("dataset: &d {name: r}\nsamples: *d", "1:10: anchors (&), aliases (*) and tags (!)"),
        ("dataset: !x {name: r}", "1:10: anchors"), ("? &a [x]\n: 1", "1:3: anchors"),
        (String(repeating: "[", count: 3000), "nested deeper"),
        (String(repeating: "- ", count: 3000), "nested deeper"),
        (String(repeating: "? ", count: 3000), "nested deeper"),
    ]

    @Test(arguments: 0..<mistakes.count)
    func `with a mistake says where and what`(index: Int) throws {
        let (yaml, expected) = `Manifest file`.mistakes[index]
        let found = try problems(yaml)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func `with many mistakes names them all, in order`() throws {
        let yaml = """
            dataset: {name: r, sclae: 3}
            samples:
              - {id: a, material: m, high: {path: a.tif, voxel_size: 2}}
              - {id: b, material: m, hihg: {path: b.tif}}
            """
        let found = try problems(yaml)
        #expect(found.map { $0.prefix(2) } == ["1:", "3:", "4:", "4:"])
    }

    @Test func `may hold the signs of anchors in quotes and comments`() throws {
        let scratch = try ScratchFolder()
        let manifest = try Manifest(
            yaml: "# see: *this*, &that !\n"
                + oneSample("high: {path: 'plug/ *.tif'} # & more\nlow: {path: \"a, &b\"}"),
            path: scratch.appending("m.yaml"))
        #expect(manifest.samples[0].high.written == "plug/ *.tif")
    }

    @Test func `that doubles itself is refused at once`() throws {
        var yaml = "a0: &a0 [x, x]\n"
        for level in 1..<60 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        yaml += "? *a59\n: 1\n"
        #expect(try problems(yaml).first?.contains("anchors") == true)
        // Hidden behind a quoted text of several lines that ends after a '#'.
        let hidden = "k: [\"abc\n  # \", &a [x]]\n? *a\n: 1\n"
        #expect(try problems(hidden).first?.contains("anchors") == true)
    }

    @Test func `of two mebibytes is refused`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("m.yaml")
        try Data(repeating: 0x20, count: 2 << 20).write(to: URL(fileURLWithPath: path.string))
        #expect { try Manifest(contentsOf: path) } throws: {
            "\($0)".contains("larger than 1048576")
        }
    }

    @Test func `that is not there, a folder or not UTF-8 is refused`() throws {
        let scratch = try ScratchFolder()
        let missing = scratch.appending("none.yaml")
        #expect(throws: ManifestError.missing(missing)) { try Manifest(contentsOf: missing) }
        #expect { try Manifest(contentsOf: scratch.path) } throws: {
            "\($0)".contains("not a file")
        }
        let path = scratch.appending("latin.yaml")
        try Data([0x61, 0x3A, 0x20, 0xE9]).write(to: URL(fileURLWithPath: path.string))
        #expect { try Manifest(contentsOf: path) } throws: { "\($0)".contains("UTF-8") }
    }

    @Test(arguments: [
        ("split: train\nregion: {x: [0, 90]}", "split: test, region: {x: [90, 200]}", true),
        ("split: train\nregion: {x: [0, 90]}", "split: test, region: {x: [89, 200]}", false),
        ("split: train\nregion: {x: [0, 90]}", "region: {x: [90, 200]}", false),
        ("split: train\nregion: {x: [0, 90]}", "split: test, region: {y: [90, 200]}", false),
        ("split: train", "split: test, region: {x: [90, 200]}", false),
        (
            "split: train\nregion: {x: [0, 9]}",
            "split: test, region: {cylinder: {centre: [500, 500], radius: 4}}", false
        ),
    ])
    func `may share a scan over the split only by boxes apart`(
        first: String, second: String, isAllowed: Bool
    ) throws {
        let text =
            oneSample("high: {path: high.tif}\n" + first)
            + "\n  - {id: p2, material: m, high: {path: high.tif}, \(second)}"
        #expect(
            try problems(text).contains { $0.contains("already a scan of 'plug-1'") } != isAllowed)
    }

    @Test func `may share a scan between samples pinned to one part`() throws {
        let second = "\n  - {id: p2, material: m, high: {path: high.tif}, split: test}"
        #expect(try problems(oneSample("high: {path: high.tif}\nsplit: test") + second).isEmpty)
        #expect(try problems(oneSample("high: {path: high.tif}\nsplit: train") + second).count == 1)
    }
}
