import Randomness
import Testing

@Suite struct `Philox 4x32` {
    /// The three vectors for ten rounds published with Random123 (Salmon et al. 2011).
    @Test(
        arguments: [
            (
                [0, 0, 0, 0], [0, 0],
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
            ),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])])
    func `gives the published answers`(counter: [UInt32], key: [UInt32], answer: [UInt32]) {
        let block = Philox4x32.block(counter: SIMD4(counter), key: SIMD2(key))
        #expect(block == SIMD4(answer))
    }

    @Test func `walks its blocks in order`() {
        var generator = Philox4x32(seed: 0x1234_5678_9abc_def0, stream: 7)
        for position in UInt32(0)..<5 {
            let block = Philox4x32.block(
                counter: SIMD4(position, 0, 7, 0), key: SIMD2(0x9abc_def0, 0x1234_5678))
            #expect(generator.next() == UInt64(block[0]) | UInt64(block[1]) << 32)
            #expect(generator.next() == UInt64(block[2]) | UInt64(block[3]) << 32)
        }
    }

    @Test func `streams and seeds differ`() {
        var firsts: Set<UInt64> = []
        for seed in UInt64(0)..<20 {
            for stream in UInt64(0)..<20 {
                var generator = Philox4x32(seed: seed, stream: stream)
                firsts.insert(generator.next())
            }
        }
        #expect(firsts.count == 400)
    }
}
