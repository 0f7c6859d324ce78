public import Volumes

/// The voxels from which the pores of a mask are flooded, one for each pore.
///
/// Every local maximum of the distance to solid claims the voxels around it, from the widest place of
/// the pore space down. Where two claims first meet, the lesser maximum is given up if it stands out
/// from that meeting place by less than `prominence` voxels (the h-maxima rule), or if it lies inside
/// the largest ball around the greater one, which is pore throughout (the rule of SNOW, Gostick 2017,
/// doi:10.1103/PhysRevE.96.023307, as 6-connected claims see it). The greatest maximum of a connected
/// part is never given up, so every part keeps a centre.
///
/// - Parameters:
///   - pore: The pore space.
///   - squaredDistances: The squared distance to solid, positive in `pore`.
///   - prominence: In voxels, not negative.
/// - Returns: Places in storage order, ascending.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; four bytes a voxel, four a
///   pore voxel, and eight for each local maximum.
public func poreCentres(
    of pore: Mask, squaredDistances: Volume<UInt32>, prominence: Double
) -> [UInt32] {
    let levels = DistanceLevels(of: pore, squaredDistances: squaredDistances)
    var words = FloodWords(of: pore, squaredDistances: squaredDistances, levels: levels)
    let order = DescendingPlaces(of: words, counts: levels.counts)
    return poreCentres(&words, levels, order, prominence: prominence)
}

/// The centres of a pore space whose words are unsettled; they are settled by it.
func poreCentres(
    _ words: inout FloodWords, _ levels: DistanceLevels, _ order: DescendingPlaces,
    prominence: Double
) -> [UInt32] {
    let neighbours = words.neighbours
    var claims = Claims(in: words.volume.shape, prominence: prominence)
    let shape = words.volume.shape
    let (sliceCount, width, isImage) = (shape.sliceCount, shape.width, shape.isImage)
    words.volume.withMutableVoxels { words in
        let coming = ComingWords(&words, in: shape)
        for level in 0..<levels.count {
            let squaredDistance = levels.squaredDistances[levels.count - 1 - level]
            claims.begin(level: squaredDistance)
            for index in order.range(ofLevelFromTop: level) {
                let place = order.places[index]
                let later = min(index + 8, order.places.count - 1)
                coming.fetch(around: Int(order.places[later]))
                let word = words[Int(place)]
                // Most voxels have one claim, or none, beside them.
                var beside = ClaimsBeside()
                if word & FloodWords.atBorder != 0 {
                    let around = neighbours.around(Int(place))
                    for face in 0..<6 where around[face] >= 0 { beside.look(words[around[face]]) }
                } else {
                    if !isImage { beside.look(words[Int(place) - sliceCount]) }
                    beside.look(words[Int(place) - width])
                    beside.look(words[Int(place) - 1])
                    beside.look(words[Int(place) + 1])
                    beside.look(words[Int(place) + width])
                    if !isImage { beside.look(words[Int(place) + sliceCount]) }
                }
                var claim = beside.claim
                if beside.areSeveral {
                    let around = neighbours.around(Int(place))
                    claims.beginMeeting()
                    for face in 0..<6 where around[face] >= 0 {
                        let other = words[around[face]]
                        if other >= FloodWords.settled {
                            claims.meet(other & FloodWords.number)
                        }
                    }
                    claim = claims.settleMeeting()
                } else if claim == 0 {
                    claim = claims.add(place)
                }
                words[Int(place)] =
                    claim | FloodWords.settled | (word & FloodWords.atBorder)
            }
        }
    }
    return claims.centres()
}
