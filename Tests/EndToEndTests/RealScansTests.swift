import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

/// The real scans, built once for all tests that look at them.
private struct BuiltScans {
    let bench: Workbench
    let run: ProgramRun

    static let shared = Result { try BuiltScans() }

    private init() throws {
        bench = try Workbench()
        run = try bench.build(packageFolder.appending("manifests/real-scans.yaml").string)
    }
}

@Suite(.enabled(if: SharedData.isPresent)) struct `Real scans` {
    private let run: ProgramRun
    private let output: FilePath

    init() throws {
        let built = try BuiltScans.shared.get()
        (run, output) = (built.run, built.bench.output)
    }

    @Test func `become a dataset of six samples in three parts`() throws {
        #expect(run.status == 0, "\(run.errors)")
        let status = try #require(
            try json(Program.tomopair(["status", "--json", output.string])) as? [String: Any])
        let samples = try #require(status["samples"] as? [[String: Any]])
        #expect(samples.count == 6)
        #expect(Set(samples.compactMap { $0["split"] as? String }).count == 3)
        for sample in samples {
            let porosity = try #require(sample["porosity"] as? Double)
            #expect(porosity > 0.01 && porosity < 0.99)
        }
        #expect(try Program.tomopair(["verify", output.string]).status == 0)
    }

    @Test func `scanned twice have their residual shift found`() throws {
        let found = try row(of: "registration", in: output) {
            $0["sample"] as? String == "bentheimer-core1"
        }
        #expect(found["accepted"] as? Int == 1)
        #expect(try #require(found["correlation"] as? Double) > 0.8)
        let text = try #require(found["matrix"] as? String)
        let matrix = try JSONDecoder().decode(SpatialTransform.self, from: Data(text.utf8))
        // The voxel sizes do not quite fit: HIGH comes out 0.45 % smaller than it says, and an optimiser
        // of the correlation over similarities says 0.35 %.
        #expect(abs(matrix.scale - 0.996) < 0.0015)
        // Where the middle of HIGH lies, in LOW voxels of 6 um beside where both corners meet. Phase
        // correlation of LOW with the block averages of HIGH is coarse and says (0.26, 0.18, 0.24), that
        // optimiser (0.42, 0.30, 0.41).
        let middle = SIMD3<Double>(90, 135, 351)
        let shift = (matrix(middle) - middle) / 6
        for (axis, voxels) in [0.26, 0.18, 0.24].enumerated() {
            #expect(abs(shift[axis] - voxels) < 0.25, "\(axis): \(shift[axis])")
        }
    }

    @Test(.enabled(if: Program.hasPython))
    func `have the thresholds of scikit-image and the porosity of their masks`() throws {
        let check = try Program.python(
            """
            import glob, json, os, sqlite3, sys
            import h5py
            import numpy as np
            from scipy.ndimage import median_filter
            from skimage.filters import threshold_otsu
            def check(grey, ours, sample):
                # scikit-image sums in single precision, so on millions of voxels with 65,536 greys it can
                # stop some levels beside the best; whole numbers tell which of two is better.
                theirs = int(threshold_otsu(grey))
                levels, counts = np.unique(grey, return_counts=True)
                levels, counts = [int(v) for v in levels], [int(v) for v in counts]
                N, S, n, s, best, score = sum(counts), 0, 0, 0, None, {}
                S = sum(v * c for v, c in zip(levels, counts))
                for v, c in zip(levels[:-1], counts):
                    n, s = n + c, s + v * c
                    score[v] = ((S * n - s * N) ** 2, n * (N - n))
                    if best is None or score[v][0] * score[best][1] > score[best][0] * score[v][1]:
                        best = v
                assert ours == best, (sample, ours, best, theirs)
                ratio = lambda v: score[v][0] / score[v][1]
                near = max(v for v in levels if v <= theirs)
                assert theirs == best or ratio(near) > ratio(best) * (1 - 1e-6), (
                    sample, best, theirs)
            OUT = sys.argv[1]
            db = sqlite3.connect(f"file:{OUT}/catalog.sqlite?mode=ro", uri=True)
            rows = db.execute(
                "SELECT s.sample, s.high_file, m.file, m.thresholds, p.value"
                " FROM v_samples s JOIN mask m ON m.sample = s.sample AND m.grid = 'scan'"
                " JOIN parameter p ON p.sample = s.sample AND p.name = 'porosity_total'"
                " AND p.source = 'computed' ORDER BY 1").fetchall()
            assert len(rows) == 6, len(rows)
            for sample, high, mask, thresholds, porosity in rows:
                with h5py.File(os.path.join(OUT, high)) as file:
                    grey = file["/exchange/data"][:]
                with h5py.File(os.path.join(OUT, mask)) as file:
                    mean = (file["/mask"][:] == 1).mean()
                made = json.load(open(os.path.join(OUT, os.path.dirname(mask), "segmentation.json")))
                smooth = median_filter(grey, size=3, mode="reflect")
                close = lambda a, b: abs(a - b) <= 1e-9 * max(1, abs(b))
                check(grey, made["rawThreshold"], sample)
                assert json.loads(thresholds) == made["thresholds"], sample
                check(smooth, made["thresholds"][0], sample)
                assert close(porosity, mean), (sample, porosity, mean)
                print(sample, made["rawThreshold"], made["thresholds"], porosity)
            """, [output.string])
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.count { $0 == "\n" } == 6)
    }

    @Test(arguments: [
        ("berea-icl-segmented/berea_400.tif", 0.196453, 0.19522),
        ("ketton-256-segmented/ketton_256.tif", 0.126862, 0.126226),
    ])
    func `segmented elsewhere measure as elsewhere`(
        file: String, porosity: Double, percolating: Double
    ) throws {
        let path = SharedData.folder.appending(file).string
        let info = try json(Program.tomopair(["info", "--json", path])) as? [String: Any]
        let values = try #require(info?["values"] as? [String: Any])
        let greys = try Set([
            #require(values["minimum"] as? Double), #require(values["maximum"] as? Double),
        ])
        // measured_geometry.csv: NumPy and SciPy's label on the same voxels, to six digits.
        let pores = try greys.map { grey in
            let run = try Program.tomopair([
                "measure", path, "--pore", "\(grey)", "--json", "--only",
                "porosity_total,porosity_percolating",
            ])
            let answer = try #require(try json(run) as? [String: Any], "\(run.errors)")
            return try #require(answer["parameters"] as? [[String: Any]])
        }
        let found = try #require(
            pores.first { parameters in
                parameters.contains { parameter in
                    parameter["name"] as? String == "porosity_total"
                        && abs((parameter["value"] as? Double ?? 0) - porosity) < 1e-6
                }
            })
        for axis in ["z", "y", "x"] {
            let value =
                found.first {
                    $0["axis"] as? String == axis
                        && ($0["name"] as? String)?.contains("percolating") == true
                }?["value"] as? Double
            #expect(abs(try #require(value) - percolating) < 1e-6, "\(axis)")
        }
    }
}
