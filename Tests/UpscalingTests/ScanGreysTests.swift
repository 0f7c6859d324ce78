import Testing
import VolumeFiles
import Volumes

@testable import Upscaling

@Suite struct `The grey values of a scan` {
    static func scan<Element: VoxelElement>(_ voxels: [Element]) -> ScanInMemory {
        ScanInMemory(
            RawSlab(
                Volume(
                    shape: Shape(depth: voxels.count / 100, height: 10, width: 10), voxels: voxels)),
            standingFor: "scan.tif")
    }

    @Test func `go from the percentiles that training takes`() throws {
        // The values 0 to 10,099, one each: the 11th and the 10,090th in order.
        let voxels = (0..<10_100).map { UInt16($0 * 7919 % 10_100) }
        var seen: [Int] = []
        let greys = try ScanGreys(of: Self.scan(voxels)) { done, _ in seen.append(done) }
        #expect(greys.window == 10...10089)
        #expect(seen.last == 101)
    }

    @Test func `of two phases are parted at the brightest of the darker`() throws {
        let voxels: [UInt16] = (0..<1000).map { index in
            UInt16((index % 5 == 0 ? 100 : 900) + index % 3)
        }
        #expect(try ScanGreys(of: Self.scan(voxels)).threshold == 102)
        let floats = voxels.map { Float($0) / 1000 }
        let threshold = try #require(try ScanGreys(of: Self.scan(floats)).threshold)
        #expect(threshold > 0.102 && threshold < 0.9)
    }

    @Test func `are refused where they are no numbers, or one`() throws {
        var voxels = (0..<1000).map { Float($0) }
        voxels[7] = .nan
        voxels[8] = .infinity
        #expect(throws: UpscalingError.notFiniteScan(voxels: 2)) {
            _ = try ScanGreys(of: Self.scan(voxels))
        }
        #expect(throws: UpscalingError.constantScan(value: 5)) {
            _ = try ScanGreys(of: Self.scan([UInt8](repeating: 5, count: 300)))
        }
    }

    @Test(
        arguments: [
            (.uint8, .uint16, 257), (.int8, .int16, 256), (.uint16, .uint16, 1),
            (.int16, .int16, 1),
            (.float32, .float32, 1), (.uint32, .float32, 1),
        ] as [(Volumes.ElementType, Volumes.ElementType, Double)])
    func `come back in 16 bits or more`(
        stored: Volumes.ElementType, type: Volumes.ElementType, factor: Double
    ) throws {
        #expect(GreyScale.outputType(for: stored) == type)
        let scale = try GreyScale.keeping(3...103, of: stored)
        #expect(scale.low == 3...103)
        #expect(scale.high == (3 * factor)...(103 * factor))
        #expect(throws: UpscalingError.emptyWindow(low: 3, high: 3)) {
            _ = try GreyScale.keeping(3...3, of: stored)
        }
    }
}
