import Testing
import Volumes

@Suite struct `Concurrent kernels` {
    @Test func `give both results of two things done at once`() {
        let (a, b) = concurrently({ (1...1000).reduce(0, +) }, { "b" })
        #expect(a == 500_500)
        #expect(b == "b")
    }

    @Test func `keep the order of a map`() {
        #expect(concurrentMap(count: 1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
    }

    @Test func `fill each slice with its own`() {
        let volume = Volume<Int32>(
            shape: Shape(depth: 37, height: 3, width: 5),
            fillingSlicesConcurrently: { z, slice in
                for i in 0..<slice.count { slice[i] = Int32(z * 100 + i) }
            })
        #expect(volume[36, 2, 4] == 3614)
        #expect(volume.array == (0..<37).flatMap { z in (0..<15).map { Int32(z * 100 + $0) } })
    }
}
