/// The tensor of mean intercept lengths of the pores; measured with ``InterfaceAccumulator``.
enum AnisotropyDefinitions {
    static let major = length("major", "longest")
    static let middle = length("middle", "middle")
    static let minor = length("minor", "shortest")
    static let degree = ParameterDefinition(
        name: "anisotropy_degree", convention: "mil-13",
        meaning: "How much shorter the shortest axis of the ellipsoid of mean intercept lengths is "
            + "than the longest: 0 for a rock alike in all directions.",
        equation: "1 - L_min / L_max", dimension: .number, reference: "doi:10.1007/BF00540446")
    static let direction = ParameterDefinition(
        name: "anisotropy_direction", convention: "mil-13",
        meaning: "The direction of the longest axis of that ellipsoid, as a vector of length 1 "
            + "whose greatest part is positive.",
        equation: "u, M u = lambda_min u", dimension: .number,
        reference: "doi:10.1007/BF00540446", hasAxis: true)

    static let all = [major, middle, minor, degree, direction]

    private static func length(_ name: String, _ rank: String) -> ParameterDefinition {
        ParameterDefinition(
            name: "mean_intercept_length_\(name)", convention: "mil-13",
            meaning: "The \(rank) axis of the ellipsoid that fits the mean chords of pore in "
                + "thirteen directions.",
            equation: "1 / L(u)^2 = u M u, L_d = 2 phi / (crossings over length)",
            dimension: .length, reference: "doi:10.1007/BF00540446")
    }
}
