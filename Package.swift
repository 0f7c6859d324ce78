// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// Every target of ours: memory-unsafe lines are marked, warnings stop the build, and imports are
/// private unless a file says `public import`.
let house: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A room of the house under `Sources/`.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
}

/// The tests of one room, mirroring its sources under `Tests/`.
func tests(_ room: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests",
        dependencies: [.init(stringLiteral: room), "TestSupport"] + dependencies,
        path: "Tests/\(room)Tests", swiftSettings: house)
}

/// A C library of the system, found through pkg-config and installed by `make setup`.
func system(_ name: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let filePaths = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// The folder of libtorch, with `include/` and `lib/`: TORCH_ROOT, or what `make setup` installed.
/// Nil where there is none; the trainer is then no part of the package.
let libtorch: String? = {
    let files = FileManager.default
    let given = Context.environment["TORCH_ROOT"].flatMap { $0.isEmpty ? nil : $0 }
    let root = given ?? Context.packageDirectory + "/.libtorch/torch"
    if files.fileExists(atPath: root + "/include/ATen/ATen.h"),
        files.fileExists(atPath: root + "/lib/libtorch_cpu.so")
    {
        // Its real place, since the programs carry it with them.
        return URL(fileURLWithPath: root).resolvingSymlinksInPath().path
    }
    if let given { print("tomopair: TORCH_ROOT is \(given), which holds no libtorch.") }
    return nil
}()

/// The trainer's targets: our C++ over libtorch, what stands on it, and their tests.
func trainer(over libtorch: String) -> [Target] {
    let description = libtorch + "/share/cmake/Torch/TorchConfig.cmake"
    let settings = try? String(contentsOfFile: description, encoding: .utf8)
    // Wheels before 2.7 may have the C++ library's strings of before 2011, and say so.
    let oldStrings = settings?.contains("-D_GLIBCXX_USE_CXX11_ABI=0") == true
    let cuda = FileManager.default.fileExists(atPath: libtorch + "/lib/libtorch_cuda.so")
    return [
        .target(
            name: "CTorch",
            cxxSettings: [
                .unsafeFlags([
                    "-std=c++20", "-isystem", libtorch + "/include",
                    "-isystem", libtorch + "/include/torch/csrc/api/include",
                    "-D_GLIBCXX_USE_CXX11_ABI=\(oldStrings ? 0 : 1)",
                ])
            ],
            linkerSettings: [
                // Nothing of ours names a symbol of the CUDA part, so the linker is told to keep it.
                .unsafeFlags(
                    ["-L" + libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib"]
                        + ["-Xlinker", "--no-as-needed", "-ltorch", "-ltorch_cpu", "-lc10"]
                        + (cuda ? ["-ltorch_cuda", "-lc10_cuda"] : [])
                        + ["-Xlinker", "--as-needed"])
            ]),
        room("Torch", ["CTorch"]),
        room("Losses", ["Torch", "ImageMetrics"]),
        room("Networks", ["Torch", "Randomness"]),
        room(
            "Training",
            [
                "Torch", "Losses", "Networks", "Volumes", "Dataset", "Degradation", "Randomness",
                "Resizing", "ImageMetrics", "PatchFeed", "TrainingRecipe", "RunLog", "WeightFiles",
                "Workspace",
                filePaths,
            ]),
        room(
            "Upscaling",
            [
                "Networks", "Torch", "Resizing", "Segmentation", "VolumeFiles", "Volumes",
                "Workspace", filePaths,
            ]),
        .executableTarget(
            name: "tomopair-train",
            dependencies: [
                "Console", "Torch", "Training", "TrainingRecipe", "Catalog", "Dataset",
                "Evaluation",
                "PatchFeed", "RunLog", "Segmentation", "Upscaling", "VolumeFiles", "Volumes",
                "WeightFiles", "Workspace", argumentParser, filePaths,
            ],
            swiftSettings: house),
        room(
            "Evaluation",
            [
                "Dataset", "ImageMetrics", "Measurement", "Randomness", "Report", "Resizing",
                "Segmentation", "Upscaling", "VolumeFiles", "Volumes", "Workspace", filePaths,
            ]),
        tests("Torch"),
        tests("Losses", ["Torch", "ImageMetrics", "Volumes", "Randomness"]),
        .testTarget(
            name: "NetworksTests",
            dependencies: ["Networks", "TestSupport", "Torch", "Randomness", filePaths],
            path: "Tests/NetworksTests", exclude: ["reference.py"], swiftSettings: house),
        tests(
            "Training",
            [
                "Torch", "Losses", "Networks", "Volumes", "Dataset", "Degradation", "PatchFeed",
                "TrainingRecipe", "RunLog", "WeightFiles", "Workspace", "VolumeFiles", "Catalog",
                "Randomness", "tomopair-train", filePaths,
            ]),
        tests(
            "Evaluation",
            [
                "Catalog", "Dataset", "ImageMetrics", "Measurement", "Networks", "Randomness",
                "Resizing", "Segmentation", "Torch", "Training", "Upscaling", "VolumeFiles",
                "Volumes",
                "WeightFiles", "Workspace", "tomopair-train", filePaths,
            ]),
        tests(
            "Upscaling",
            [
                "Networks", "Torch", "Volumes", "VolumeFiles", "Workspace", "Randomness",
                "Resizing",
                "WeightFiles", "tomopair-train", filePaths,
            ]),
    ]
}

if libtorch == nil {
    print(
        "tomopair: no libtorch (`make setup` installs it, or set TORCH_ROOT), so no tomopair-train."
    )
}

let package = Package(
    name: "tomopair",
    products: [
        .executable(name: "tomopair", targets: ["tomopair"]),
        // What Benchmarks/ times, and the phantoms it times it on.
        .library(
            name: "TomopairKernels",
            targets: [
                "Volumes", "VolumeFiles", "Morphology", "PoreNetwork", "Registration",
                "Segmentation", "Measurement", "Transport", "Randomness", "TestSupport",
            ]),
    ]
        + (libtorch == nil
            ? []
            : [
                .executable(name: "tomopair-train", targets: ["tomopair-train"]),
                // What Benchmarks/ times of the trainer, and what that is timed on.
                .library(
                    name: "TomopairTrainer",
                    targets: [
                        "Volumes", "VolumeFiles", "Dataset", "Randomness", "Degradation",
                        "PatchFeed", "Torch", "Losses", "Networks",
                    ]),
            ]),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        system("CTIFF", pkgConfig: "libtiff-4"),
        system("CHDF5", pkgConfig: "hdf5-serial"),
        system("CPNG", pkgConfig: "libpng"),
        system("CDeflate", pkgConfig: "libdeflate"),
        system("CZlib", pkgConfig: "zlib"),
        system("CFFTW", pkgConfig: "fftw3f"),
        system("CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CPrefetch", path: "Sources/CPrefetch"),

        room("Volumes"),
        room("Randomness"),
        room("Dataset", ["Volumes"]),
        room("VolumeFiles", ["Volumes", "CTIFF", "CHDF5", "CPNG", "CDeflate", "CZlib", filePaths]),
        room("Fourier", ["CFFTW"]),
        room("Registration", ["Volumes", "Fourier", "Randomness"]),
        room("Morphology", ["Volumes"]),
        room("PoreNetwork", ["Volumes", "Morphology", "CPrefetch"]),
        room("Segmentation", ["Volumes", "Morphology", "PoreNetwork"]),
        room("Measurement", ["Volumes", "Morphology", "PoreNetwork", "Transport"]),
        room("Transport", ["Volumes", "Morphology"]),
        room("Tomography", ["Volumes", "Randomness", "Fourier"]),
        room("DigitalRock", ["Volumes", "Randomness", "Tomography"]),
        room("Resizing", ["Volumes"]),
        room("Degradation", ["Volumes", "Randomness", "Fourier", "Tomography", "Resizing"]),
        room("ImageMetrics", ["Volumes"]),
        room("WeightFiles", ["CZlib", filePaths]),
        room("Workspace", ["CCrypto", filePaths]),
        room(
            "Catalog",
            ["Dataset", "Volumes", .product(name: "GRDB", package: "GRDB.swift"), filePaths]),
        room("StrictYAML", ["Dataset", .product(name: "Yams", package: "Yams"), filePaths]),
        room("Manifest", ["Dataset", "Measurement", "Volumes", "StrictYAML", filePaths]),
        room("TrainingRecipe", ["Dataset", "StrictYAML", "Workspace", filePaths]),
        room("RunLog", ["Workspace", filePaths]),
        room(
            "PatchFeed",
            ["Dataset", "Volumes", "Randomness", "VolumeFiles", "Workspace", filePaths]),
        room(
            "Report",
            [
                "Volumes", "VolumeFiles",
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        room(
            "Pipeline",
            [
                "Volumes", "Dataset", "VolumeFiles", "Registration", "PoreNetwork", "Segmentation",
                "Measurement", "Transport", "Tomography", "Workspace", "Catalog", "Manifest",
                "Report", filePaths,
            ]),
        room("Console", ["VolumeFiles", "Workspace", "Catalog"]),
        .executableTarget(
            name: "tomopair",
            dependencies: [
                "Console",
                "Volumes", "Dataset", "VolumeFiles", "Registration", "PoreNetwork", "Segmentation",
                "Measurement", "Transport", "DigitalRock", "Catalog", "Manifest", "Workspace",
                "Pipeline",
                argumentParser,
                filePaths,
            ],
            swiftSettings: house),

        .target(
            name: "TestSupport", dependencies: ["Volumes", "Randomness", filePaths],
            path: "Tests/TestSupport", swiftSettings: house),
        tests("Volumes", ["Randomness"]),
        tests("Dataset", ["Volumes", "Randomness"]),
        tests("VolumeFiles", ["Volumes", "Randomness", "tomopair"]),
        tests("Randomness"),
        tests("Fourier", ["Randomness"]),
        tests("Registration", ["Volumes", "Randomness"]),
        tests("Morphology", ["Volumes", "Randomness"]),
        tests("PoreNetwork", ["Volumes", "Morphology", "Randomness"]),
        tests("Segmentation", ["Volumes", "Morphology", "Randomness"]),
        tests(
            "Measurement",
            ["Volumes", "Morphology", "PoreNetwork", "Randomness", "VolumeFiles", filePaths]),
        tests("Transport", ["Volumes", "VolumeFiles", "Randomness", filePaths]),
        tests("Report", ["Volumes", "Randomness", filePaths]),
        tests("Tomography", ["Volumes", "Randomness"]),
        tests("DigitalRock", ["Volumes", "Randomness", "Tomography"]),
        tests("Resizing", ["Volumes", "Randomness"]),
        tests("Degradation", ["Volumes", "Randomness", "Tomography", "Resizing"]),
        tests("ImageMetrics", ["Volumes", "Randomness"]),
        tests("WeightFiles", ["Randomness", filePaths]),
        tests(
            "PatchFeed", ["Dataset", "Volumes", "Randomness", "VolumeFiles", filePaths]),
        tests("TrainingRecipe", ["Dataset", "Randomness", filePaths]),
        tests("RunLog", [filePaths]),
        tests("Workspace", [filePaths]),
        tests("Catalog", ["Dataset", "Volumes", "Randomness", filePaths]),
        tests("Manifest", ["Dataset", "Measurement", "Volumes", "Randomness", filePaths]),
        tests(
            "Pipeline",
            [
                "Volumes", "Dataset", "VolumeFiles", "Registration", "Segmentation", "Workspace",
                "Catalog",
                "Manifest", "Randomness", "DigitalRock", filePaths,
            ]),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["TestSupport"],
            path: "Tests/ArchitectureTests",
            swiftSettings: house),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "Volumes", "tomopair", filePaths],
            path: "Tests/EndToEndTests", swiftSettings: house),
    ] + (libtorch.map(trainer) ?? [])
)
