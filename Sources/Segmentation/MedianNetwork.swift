import Volumes

/// Sorts three vectors lane by lane.
@inline(__always)
func sort<Rank: RankScalar>(
    _ a: inout Rank.Block, _ b: inout Rank.Block, _ c: inout Rank.Block, as rank: Rank.Type
) {
    Rank.order(&b, &c)
    Rank.order(&a, &b)
    Rank.order(&b, &c)
}

/// The median of 27 values that are sorted along every edge of a 3x3x3 cube; line `ij` holds those of
/// rank `i` along z and `j` along y, by rank along x.
///
/// Of such a cube the four least and the four greatest corners cannot be the median; 27 exchanges
/// among the other 19 place it. That they do, for every input, follows from the 980 ways to fill a
/// sorted cube with zeros and ones (Knuth's zero-one principle), which a test goes through.
@inline(__always)
func medianOfSortedCube<Rank: RankScalar>(
    _ l00: (Rank.Block, Rank.Block, Rank.Block),
    _ l01: (Rank.Block, Rank.Block, Rank.Block),
    _ l02: (Rank.Block, Rank.Block, Rank.Block),
    _ l10: (Rank.Block, Rank.Block, Rank.Block),
    _ l11: (Rank.Block, Rank.Block, Rank.Block),
    _ l12: (Rank.Block, Rank.Block, Rank.Block),
    _ l20: (Rank.Block, Rank.Block, Rank.Block),
    _ l21: (Rank.Block, Rank.Block, Rank.Block),
    _ l22: (Rank.Block, Rank.Block, Rank.Block),
    as rank: Rank.Type
) -> Rank.Block {
    var r002 = l00.2
    var (r011, r012) = (l01.1, l01.2)
    var (r020, r021, r022) = l02
    var (r101, r102) = (l10.1, l10.2)
    var (r110, r111, r112) = l11
    var (r120, r121) = (l12.0, l12.1)
    var (r200, r201, r202) = l20
    var (r210, r211) = (l21.0, l21.1)
    var r220 = l22.0
    Rank.order(&r020, &r200)
    Rank.order(&r022, &r202)
    Rank.order(&r021, &r201)
    Rank.order(&r121, &r211)
    Rank.order(&r110, &r200)
    Rank.order(&r011, &r101)
    Rank.order(&r012, &r102)
    Rank.order(&r102, &r220)
    Rank.order(&r120, &r210)
    Rank.order(&r101, &r200)
    Rank.order(&r022, &r121)
    Rank.order(&r002, &r120)
    Rank.order(&r012, &r210)
    Rank.order(&r201, &r210)
    Rank.order(&r012, &r021)
    Rank.order(&r022, &r112)
    Rank.order(&r021, &r111)
    Rank.order(&r102, &r201)
    Rank.order(&r111, &r201)
    Rank.order(&r021, &r102)
    Rank.order(&r022, &r200)
    Rank.order(&r102, &r111)
    Rank.order(&r022, &r102)
    Rank.order(&r111, &r200)
    Rank.order(&r102, &r111)
    Rank.order(&r111, &r120)
    Rank.order(&r102, &r111)
    return r111
}
