import Dataset
import Foundation
import Volumes

/// The batches that are being filled, ready or held: a bounded ring, filled by threads and emptied in
/// order.
///
/// Threads take samples in order, each the next one, so the batch that is waited for is always the
/// first to be done.
final class BatchRing<Preparation: PatchPreparation>: @unchecked Sendable {
    private typealias Drawn = Preparation.Drawn

    /// One buffer with what is being put into it.
    private struct Slot {
        let buffer: BatchBuffer
        /// The batch in it; -1 for none.
        var batch = -1
        var missing = 0
        var places: [PatchPlace?] = []
        var drawn: [Drawn?] = []
        var failure: (index: Int, error: PatchFeedError)?
    }

    private let stream: SampleStream
    private let schedule: BatchSchedule
    private let preparation: Preparation
    /// Guards everything below.
    private let lock = NSCondition()
    private var slots: [Slot]
    private var order: EpochOrder?
    /// The next sample to be filled in: a batch of the run and a sample in it.
    private var batchToFill: Int
    private var sampleToFill = 0
    private var batchToDeliver: Int
    private var isCancelled = false

    init(
        _ stream: SampleStream, _ schedule: BatchSchedule, _ preparation: Preparation,
        from batch: Int, buffers: Int, memory: BatchMemory
    ) {
        self.stream = stream
        self.schedule = schedule
        self.preparation = preparation
        slots = (0..<buffers).map { _ in
            Slot(
                buffer: BatchBuffer(
                    count: schedule.batch, low: stream.plan.geometry.lowShape,
                    high: stream.plan.highShape, memory: memory))
        }
        batchToFill = batch
        batchToDeliver = batch
    }

    /// A sample to fill in.
    private struct Task {
        let slot: Int
        let sample: Int
        let index: Int
        let order: EpochOrder
        let buffer: BatchBuffer
    }

    // MARK: - Filling

    /// Fills in samples until the run ends or is cancelled.
    func work() {
        lock.lock()
        while let task = nextTask(waits: true) {
            lock.unlock()
            let filled = fill(task)
            lock.lock()
            finish(task, filled)
        }
        lock.unlock()
    }

    /// The next sample, with the lock held; `nil` where there is none, or none yet.
    private func nextTask(waits: Bool) -> Task? {
        while !isCancelled, let range = schedule.samples(of: batchToFill) {
            let index = batchToFill % slots.count
            if sampleToFill == 0 {
                guard slots[index].batch < 0 else {
                    guard waits else { return nil }
                    lock.wait()
                    continue
                }
                slots[index].batch = batchToFill
                slots[index].missing = range.count
                slots[index].places = Array(repeating: nil, count: range.count)
                slots[index].drawn = Array(repeating: nil, count: range.count)
                slots[index].failure = nil
            }
            let epoch = schedule.epoch(of: batchToFill)
            let order = order.flatMap { $0.epoch == epoch ? $0 : nil } ?? stream.order(of: epoch)
            self.order = order
            let task = Task(
                slot: index, sample: sampleToFill, index: range.lowerBound + sampleToFill,
                order: order, buffer: slots[index].buffer)
            sampleToFill += 1
            if sampleToFill == range.count {
                batchToFill += 1
                sampleToFill = 0
            }
            return task
        }
        return nil
    }

    private typealias Filled = (place: PatchPlace, drawn: Result<Drawn?, PatchFeedError>)

    private func fill(_ task: Task) -> Filled {
        let place = stream.place(task.index, in: task.order)
        let voxels = stream.voxels(task.index, in: task.order)
        if preparation.leavesPairsAlone, place.source == .scanned {
            task.buffer.withSample(task.sample) { low, high in
                voxels.read(place.low, low: &low, high: &high)
            }
            return (place, .success(nil))
        }
        var sample = voxels.sample(place)
        var generator = stream.preparationGenerator(epoch: place.epoch, index: place.index)
        let drawn: Drawn
        do {
            drawn = try preparation.prepare(&sample, using: &generator)
        } catch {
            return (place, .failure(.preparation(patch: place.patch, reason: "\(error)")))
        }
        if let error = SampleFit.misfit(of: sample, task.buffer) { return (place, .failure(error)) }
        task.buffer.withSample(task.sample) { low, high in
            if let volume = sample.low {
                SampleFit.copyMiddle(of: volume, task.buffer.lowShape, &low)
            }
            SampleFit.copyMiddle(of: sample.high, task.buffer.highShape, &high)
        }
        return (place, .success(drawn))
    }

    private func finish(_ task: Task, _ filled: Filled) {
        slots[task.slot].places[task.sample] = filled.place
        switch filled.drawn {
        case .success(let drawn): slots[task.slot].drawn[task.sample] = drawn
        case .failure(let error):
            // Whichever thread is first, the first sample is the one that is told of.
            if slots[task.slot].failure.map({ task.sample < $0.index }) ?? true {
                slots[task.slot].failure = (task.sample, error)
            }
        }
        slots[task.slot].missing -= 1
        if slots[task.slot].missing == 0 { lock.broadcast() }
    }

    // MARK: - Emptying

    /// The next batch, when it is ready; `nil` after the last.
    ///
    /// - Parameter fills: Whether the caller fills it in itself.
    func next(fills: Bool) throws(PatchFeedError) -> PatchBatch<Preparation.Drawn>? {
        lock.lock()
        defer { lock.unlock() }
        guard schedule.samples(of: batchToDeliver) != nil else { return nil }
        let index = batchToDeliver % slots.count
        while !isCancelled, slots[index].batch != batchToDeliver || slots[index].missing > 0 {
            // A buffer that holds a delivered batch is not let go by waiting.
            if slots[index].batch >= 0, slots[index].batch < batchToDeliver {
                throw .allBuffersHeld(slots.count)
            }
            guard fills else {
                lock.wait()
                continue
            }
            guard let task = nextTask(waits: false) else { continue }
            finish(task, fill(task))
        }
        guard !isCancelled else { throw .cancelled }
        if let failure = slots[index].failure {
            isCancelled = true
            lock.broadcast()
            throw failure.error
        }
        let batch = batchToDeliver
        batchToDeliver += 1
        return PatchBatch(
            position: schedule.position(of: batch), next: schedule.position(of: batch + 1),
            places: slots[index].places.compactMap(\.self), drawn: slots[index].drawn,
            buffer: slots[index].buffer
        ) { [self] in giveBack(index) }
    }

    private func giveBack(_ index: Int) {
        lock.lock()
        slots[index].batch = -1
        lock.broadcast()
        lock.unlock()
    }

    /// Ends all work; threads stop after the sample in hand.
    func cancel() {
        lock.lock()
        isCancelled = true
        lock.broadcast()
        lock.unlock()
    }
}
