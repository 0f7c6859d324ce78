import Measurement
import Transport
import Volumes

extension Kernel {
    /// From a mask to its physical parameters.
    static var ofMeasures: [Kernel] {
        [
            Kernel("porosity", on: { try $0.mask() }) { mask in try measurePorosity(of: mask) },
            Kernel(
                "interface", on: { try $0.mask() },
                checking: { parameter("specific_surface", of: $0) }
            ) { mask in
                try PoreMeasurement.interface(mask)
            },
            // At the first lag along z.
            Kernel(
                "two-point", on: { try $0.mask() },
                checking: { findings in
                    findings.curves.first { $0.axis == .z }.map { $0.y[1] } ?? .nan
                }
            ) { mask in
                try PoreMeasurement.twoPoint(mask)
            },
            Kernel("chords", on: { try $0.mask() }) { mask in try PoreMeasurement.chords(mask) },
            Kernel(
                "diffusivity", on: { try $0.mask() }, checking: { $0.formationFactor ?? .infinity }
            ) { mask in
                try effectiveDiffusivity(of: mask, along: .z)
            },
        ]
    }

    /// A parameter's value, not a number where it was not found.
    private static func parameter(_ name: String, of findings: PoreFindings) -> Double {
        findings.parameters.first { $0.name == name }?.value ?? .nan
    }
}
