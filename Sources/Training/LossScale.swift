/// The factor on losses that keeps small gradients above zero in half precision (Micikevicius et al.
/// 2018, arXiv 1710.03740): halved where a gradient overflows, doubled after so many steps without.
struct LossScale: Hashable, Sendable, Codable {
    /// The factor.
    private(set) var factor = 65536.0
    /// Steps since it changed.
    private(set) var steps = 0

    private static let patience = 2000

    /// Takes in what became of a step.
    ///
    /// - Returns: Whether the factor was made smaller, so that another step may succeed; at 1 it is not.
    mutating func follow(isFinite: Bool) -> Bool {
        guard isFinite else {
            guard factor > 1 else { return false }
            factor /= 2
            steps = 0
            return true
        }
        steps += 1
        if steps == Self.patience, factor < 16_777_216 {
            factor *= 2
            steps = 0
        }
        return false
    }
}
