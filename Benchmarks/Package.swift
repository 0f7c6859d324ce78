// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "tomopair", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(
            name: "kernels",
            dependencies: [
                .product(name: "TomopairKernels", package: "tomopair"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "registration-study",
            dependencies: [
                .product(name: "TomopairKernels", package: "tomopair"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
)
