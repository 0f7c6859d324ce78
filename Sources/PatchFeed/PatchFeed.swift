import Dataset
import Foundation
import Volumes

/// How a feed runs.
public struct FeedSettings: Hashable, Sendable, Codable {
    /// What everything drawn follows from.
    public var seed: UInt64
    /// Samples of a batch.
    public var batch: Int
    /// Samples of an epoch; `nil` for one at every patch.
    public var samplesPerEpoch: Int?
    /// How many epochs there are.
    public var epochs: Int
    /// Whether samples that fill no batch are left out at an epoch's end. Those of another epoch are
    /// others.
    public var dropsRest: Bool
    /// The share of samples whose LOW side was scanned, 0...1; the others are degraded HIGH.
    public var scannedShare: Double
    /// Threads that read ahead; with none, whoever asks for a batch fills it.
    public var threads: Int
    /// Batches in memory: those read ahead, and those held by the receiver.
    public var buffers: Int

    /// Settings of a feed, to be changed one by one.
    public init(seed: UInt64, batch: Int, epochs: Int) {
        self.seed = seed
        self.batch = batch
        self.epochs = epochs
        samplesPerEpoch = nil
        dropsRest = true
        scannedShare = 1
        threads = 1
        buffers = 3
    }
}

/// How long a receiver of batches waited for them.
public struct FeedTiming: Hashable, Sendable {
    /// Batches received.
    public let batches: Int
    /// Samples received.
    public let samples: Int
    /// Seconds from when the first batch was asked for until now.
    public let elapsedSeconds: Double
    /// Seconds of these in which the receiver waited for a batch.
    public let waitedSeconds: Double

    /// The share of time spent waiting, 0...1.
    public var waitedShare: Double { elapsedSeconds > 0 ? waitedSeconds / elapsedSeconds : 0 }
}

/// Batches of training samples, read ahead by threads in an order that follows from the seed.
///
/// What comes is the same for any number of threads and buffers, and for a run that was stopped and goes
/// on. The feed is used from one thread.
public final class PatchFeed<Preparation: PatchPreparation> {
    /// What is sampled.
    public let plan: SamplePlan
    /// How.
    public let settings: FeedSettings
    private let ring: BatchRing<Preparation>
    private let schedule: BatchSchedule
    private let clock = ContinuousClock()
    private var begin: ContinuousClock.Instant?
    private var waited = Duration.zero
    private var batches = 0
    private var samples = 0

    /// Starts to read ahead.
    ///
    /// - Parameters:
    ///   - volumes: With all pairs of the plan.
    ///   - position: Where to go on: the `next` of the last batch that counted.
    /// - Throws: ``PatchFeedError/epochTooShort(samples:batch:)``,
    ///   ``PatchFeedError/notABatch(_:batch:)``, ``PatchFeedError/noWindow(_:_:)``,
    ///   ``PatchFeedError/notStaged(_:)``, ``PatchFeedError/emptyEpoch``.
    public init(
        _ plan: SamplePlan, volumes: StagedPairs, preparation: Preparation,
        settings: FeedSettings, from position: FeedPosition = .start, memory: BatchMemory = .heap
    ) throws(PatchFeedError) {
        precondition(
            settings.threads >= 0 && settings.buffers >= 1
                && (0...1).contains(settings.scannedShare),
            "a feed has buffers, and shares lie between 0 and 1")
        self.plan = plan
        self.settings = settings
        let length = settings.samplesPerEpoch ?? plan.count
        schedule = try BatchSchedule(
            length: length, batch: settings.batch, epochs: settings.epochs,
            dropsRest: settings.dropsRest)
        let stream = try SampleStream(
            plan: plan, volumes: volumes, seed: settings.seed, length: length,
            scannedShare: settings.scannedShare)
        ring = BatchRing(
            stream, schedule, preparation, from: try schedule.number(at: position),
            buffers: settings.buffers, memory: memory)
        for number in 0..<settings.threads {
            let ring = ring
            let thread = Thread { ring.work() }
            thread.name = "patch feed \(number)"
            thread.start()
        }
    }

    deinit { cancel() }

    /// Batches of one epoch.
    public var batchesPerEpoch: Int { schedule.batchesInEpoch }

    /// The next batch, in order; `nil` after the last epoch.
    ///
    /// - Throws: What went wrong with a sample of it, and the feed has ended;
    ///   ``PatchFeedError/allBuffersHeld(_:)``, ``PatchFeedError/cancelled``.
    public func next() throws(PatchFeedError) -> PatchBatch<Preparation.Drawn>? {
        let start = clock.now
        if begin == nil { begin = start }
        let batch = try ring.next(fills: settings.threads == 0)
        waited += clock.now - start
        if let batch {
            batches += 1
            samples += batch.count
        }
        return batch
    }

    /// Stops reading ahead; batches already received stay.
    public func cancel() { ring.cancel() }

    /// How long the receiver has waited so far.
    public var timing: FeedTiming {
        let elapsed = begin.map { clock.now - $0 } ?? .zero
        return FeedTiming(
            batches: batches, samples: samples, elapsedSeconds: elapsed / .seconds(1),
            waitedSeconds: waited / .seconds(1))
    }
}
