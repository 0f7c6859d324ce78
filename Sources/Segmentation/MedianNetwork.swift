import Volumes

/// Sorts three vectors lane by lane.
@inline(__always)
func sort<Element: GreyElement>(
    _ a: inout SIMD8<Element>, _ b: inout SIMD8<Element>, _ c: inout SIMD8<Element>
) {
    Element.order(&b, &c)
    Element.order(&a, &b)
    Element.order(&b, &c)
}

/// The median of 27 values that are sorted along every edge of a 3x3x3 cube; line `ij` holds those of
/// rank `i` along z and `j` along y, by rank along x.
///
/// Of such a cube the four least and the four greatest corners cannot be the median; 27 exchanges
/// among the other 19 place it. That they do, for every input, follows from the 980 ways to fill a
/// sorted cube with zeros and ones (Knuth's zero-one principle), which a test goes through.
@inline(__always)
func medianOfSortedCube<Element: GreyElement>(
    _ l00: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l01: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l02: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l10: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l11: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l12: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l20: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l21: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>),
    _ l22: (SIMD8<Element>, SIMD8<Element>, SIMD8<Element>)
) -> SIMD8<Element> {
    var r002 = l00.2
    var (r011, r012) = (l01.1, l01.2)
    var (r020, r021, r022) = l02
    var (r101, r102) = (l10.1, l10.2)
    var (r110, r111, r112) = l11
    var (r120, r121) = (l12.0, l12.1)
    var (r200, r201, r202) = l20
    var (r210, r211) = (l21.0, l21.1)
    var r220 = l22.0
    Element.order(&r020, &r200)
    Element.order(&r022, &r202)
    Element.order(&r021, &r201)
    Element.order(&r121, &r211)
    Element.order(&r110, &r200)
    Element.order(&r011, &r101)
    Element.order(&r012, &r102)
    Element.order(&r102, &r220)
    Element.order(&r120, &r210)
    Element.order(&r101, &r200)
    Element.order(&r022, &r121)
    Element.order(&r002, &r120)
    Element.order(&r012, &r210)
    Element.order(&r201, &r210)
    Element.order(&r012, &r021)
    Element.order(&r022, &r112)
    Element.order(&r021, &r111)
    Element.order(&r102, &r201)
    Element.order(&r111, &r201)
    Element.order(&r021, &r102)
    Element.order(&r022, &r200)
    Element.order(&r102, &r111)
    Element.order(&r022, &r102)
    Element.order(&r111, &r200)
    Element.order(&r102, &r111)
    Element.order(&r111, &r120)
    Element.order(&r102, &r111)
    return r111
}
