// What non-local means does to a row, eight numbers at a time. Rows are given by the arrays they lie in
// and the places where they begin; the last block may go on beyond a row, into what is never read.

private typealias Block = SIMD8<Float>

/// Squares the differences of two rows that begin at two places.
func squareDifferences(
    _ numbers: [Float], _ place: Int, _ other: Int, count: Int, into squares: inout [Float]
) {
    let numbers = unsafe numbers.span.bytes
    var span = squares.mutableSpan
    var squares = unsafe span.mutableBytes
    for x in stride(from: 0, to: 4 * count, by: 32) {
        let difference =
            unsafe numbers.unsafeLoadUnaligned(fromByteOffset: 4 * place + x, as: Block.self)
            - numbers.unsafeLoadUnaligned(fromByteOffset: 4 * other + x, as: Block.self)
        squares.storeBytes(of: difference * difference, toByteOffset: x, as: Block.self)
    }
}

/// Adds up rows, the first of which begins at a place and the others each so many numbers farther.
func addRows(
    _ numbers: [Float], _ place: Int, count: Int, apart: Int, width: Int,
    into sums: inout [Float], _ target: Int
) {
    let numbers = unsafe numbers.span.bytes
    var span = sums.mutableSpan
    var sums = unsafe span.mutableBytes
    if count == 3 {
        // The usual patch, without a loop over its voxels.
        for x in stride(from: 0, to: 4 * width, by: 32) {
            let first = 4 * place + x
            let pair =
                unsafe numbers.unsafeLoadUnaligned(fromByteOffset: first, as: Block.self)
                + numbers.unsafeLoadUnaligned(fromByteOffset: first + 4 * apart, as: Block.self)
            let sum =
                unsafe pair
                + numbers.unsafeLoadUnaligned(fromByteOffset: first + 8 * apart, as: Block.self)
            sums.storeBytes(of: sum, toByteOffset: 4 * target + x, as: Block.self)
        }
        return
    }
    for x in stride(from: 0, to: 4 * width, by: 32) {
        var next = 4 * place + x
        var sum = unsafe numbers.unsafeLoadUnaligned(fromByteOffset: next, as: Block.self)
        for _ in 1..<count {
            next += 4 * apart
            sum += unsafe numbers.unsafeLoadUnaligned(fromByteOffset: next, as: Block.self)
        }
        sums.storeBytes(of: sum, toByteOffset: 4 * target + x, as: Block.self)
    }
}

/// The weights that follow from sums of squared differences.
func findWeights(
    _ squares: [Float], factor: Float, less offset: Float, width: Int,
    into weights: inout [Float], _ target: Int
) {
    let squares = unsafe squares.span.bytes
    var span = weights.mutableSpan
    var weights = unsafe span.mutableBytes
    let zero = Block(repeating: 0)
    let most = Block(repeating: 24)
    for x in stride(from: 0, to: 4 * width, by: 32) {
        let sum = unsafe squares.unsafeLoadUnaligned(fromByteOffset: x, as: Block.self)
        let distance = sum * factor - offset
        let isFar = distance .> most
        var weight = zero
        if !all(isFar) {
            let near = distance.replacing(with: zero, where: distance .< zero)
                .replacing(with: most, where: isFar)
            weight = exponential(ofMinus: near).replacing(with: zero, where: isFar)
        }
        weights.storeBytes(of: weight, toByteOffset: 4 * target + x, as: Block.self)
    }
}

/// Adds a row of voxels by their weights, where they lie inside the scan.
func addWeighted(
    _ weights: [Float], _ place: Int, _ source: [Float], _ other: Int, _ inside: [Float],
    _ column: Int, width: Int, into sums: inout [Float], _ target: Int
) {
    let weights = unsafe weights.span.bytes
    let source = unsafe source.span.bytes
    let inside = unsafe inside.span.bytes
    var span = sums.mutableSpan
    var sums = unsafe span.mutableBytes
    for x in stride(from: 0, to: 4 * width, by: 32) {
        let weight =
            unsafe weights.unsafeLoadUnaligned(fromByteOffset: 4 * place + x, as: Block.self)
            * inside.unsafeLoadUnaligned(fromByteOffset: 4 * column + x, as: Block.self)
        let value = unsafe source.unsafeLoadUnaligned(
            fromByteOffset: 4 * other + x, as: Block.self)
        let first = 4 * target + 2 * x
        let weightSum = unsafe sums.bytes.unsafeLoadUnaligned(
            fromByteOffset: first, as: Block.self)
        let valueSum = unsafe sums.bytes.unsafeLoadUnaligned(
            fromByteOffset: first + 32, as: Block.self)
        sums.storeBytes(of: weightSum + weight, toByteOffset: first, as: Block.self)
        sums.storeBytes(of: valueSum + weight * value, toByteOffset: first + 32, as: Block.self)
    }
}
