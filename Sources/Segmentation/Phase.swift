public import Volumes

/// What a voxel is, as a number of 8 bits in a volume of phases.
public enum Phase: UInt8, Codable, Sendable, CaseIterable {
    /// Outside the field of view: no part of the sample.
    case outside = 0
    /// Pore space that the scan resolves.
    case pore = 1
    /// Rock with pores too small to be seen; its grey value tells how many, see ``GreyMixing``.
    case microporous = 2
    /// Rock without pores.
    case solid = 3
    /// Rock that takes up more than the common solid, as pyrite among quartz.
    case dense = 4
}

/// The grey values beyond which the phases begin, as seen from the pores: above them where pores
/// are the darker phase, at or below them where they are the brighter.
public struct PhaseThresholds: Codable, Sendable, Hashable {
    /// Where pore ends and micro-porous rock begins; `nil` for a sample without.
    public let microporous: Double?
    /// Where solid begins.
    public let solid: Double
    /// Where the dense phase begins; `nil` for a sample without.
    public let dense: Double?
    /// The grey value of pores, for the porosity of micro-porous rock; `nil` for the median of the
    /// voxels of pore.
    public let poreGrey: Double?
    /// The grey value of solid, for the same; `nil` for the median of the voxels of solid.
    public let solidGrey: Double?

    /// Thresholds in the grey values of the scan.
    public init(
        microporous: Double? = nil, solid: Double, dense: Double? = nil, poreGrey: Double? = nil,
        solidGrey: Double? = nil
    ) {
        self.microporous = microporous
        self.solid = solid
        self.dense = dense
        self.poreGrey = poreGrey
        self.solidGrey = solidGrey
    }

    /// The grey value where pores end.
    public var pore: Double { microporous ?? solid }

    /// The thresholds from the pores on.
    public var inOrder: [Double] { [microporous, solid, dense].compactMap { $0 } }

    /// The phases from the pores on, one more than thresholds.
    public var phases: [Phase] {
        [.pore] + (microporous == nil ? [] : [.microporous]) + [.solid]
            + (dense == nil ? [] : [.dense])
    }

    /// Finite, and each beyond the one before.
    func check(_ porePhase: SegmentationSettings.PorePhase) throws(SegmentationError) {
        let order = inOrder
        let side: Double = porePhase == .darker ? 1 : -1
        guard order.allSatisfy({ $0.isFinite }),
            zip(order, order.dropFirst()).allSatisfy({ ($1 - $0) * side > 0 }),
            [poreGrey, solidGrey].allSatisfy({ $0?.isFinite ?? true })
        else { throw .phaseThresholdsOutOfOrder(order) }
    }

    private enum CodingKeys: String, CodingKey {
        case microporous = "microporous_beyond"
        case solid = "solid_beyond"
        case dense = "dense_beyond"
        case poreGrey = "pore_grey"
        case solidGrey = "solid_grey"
    }
}

/// The porosity of rock whose pores are too small to be seen, from its grey value: on a straight
/// line from 1 at the grey value of pores to 0 at that of solid, as attenuation mixes by volume.
///
/// It holds for dry samples, for minerals that take up as much as the solid, and for grey values
/// linear in attenuation.
public struct GreyMixing: Codable, Sendable, Hashable {
    /// The grey value of pores.
    public let pore: Double
    /// The grey value of solid.
    public let solid: Double

    /// A line between two different grey values.
    public init(pore: Double, solid: Double) {
        self.pore = pore
        self.solid = solid
    }

    /// The porosity at a grey value, 0...1.
    @inline(__always)
    public func porosity(_ grey: Double) -> Double {
        min(max((solid - grey) / (solid - pore), 0), 1)
    }
}

/// The phases of a scan.
public struct PhaseSegmentation: Sendable {
    /// A ``Phase`` for every voxel, as its raw value.
    public let volume: Volume<UInt8>
    /// Voxels of every phase in view.
    public let voxelCounts: [Phase: Int]
    /// How grey value gives porosity; `nil` without micro-porous rock.
    public let mixing: GreyMixing?
    /// The mean porosity of the micro-porous voxels, 0...1; `nil` if there are none.
    public let microporosity: Double?

    /// Voxels in view.
    public var voxelCount: Int { voxelCounts.values.reduce(0, +) }

    /// The share of a phase in view, 0...1.
    public func share(of phase: Phase) -> Double {
        Double(voxelCounts[phase] ?? 0) / Double(voxelCount)
    }

    /// The pores that the scan resolves over all voxels in view.
    public var porosity: Double { share(of: .pore) }

    /// The same with what lies in micro-porous rock.
    public var porosityWithMicropores: Double {
        porosity + share(of: .microporous) * (microporosity ?? 0)
    }
}
