// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// The trainer is raced where the package above found a libtorch: see its Package.swift.
let hasLibtorch: Bool = {
    let given = Context.environment["TORCH_ROOT"].flatMap { $0.isEmpty ? nil : $0 }
    let root = given ?? Context.packageDirectory + "/../.libtorch/torch"
    return FileManager.default.fileExists(atPath: root + "/include/ATen/ATen.h")
        && FileManager.default.fileExists(atPath: root + "/lib/libtorch_cpu.so")
}()

let trainer: [Target] = [
    .executableTarget(
        name: "training-speed",
        dependencies: [
            "TurnTaking",
            .product(name: "TomopairTrainer", package: "tomopair"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "SystemPackage", package: "swift-system"),
        ])
]

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "tomopair", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "TurnTaking"),
        .executableTarget(
            name: "kernels",
            dependencies: [
                "TurnTaking",
                .product(name: "TomopairKernels", package: "tomopair"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "registration-study",
            dependencies: [
                .product(name: "TomopairKernels", package: "tomopair"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ] + (hasLibtorch ? trainer : [])
)
