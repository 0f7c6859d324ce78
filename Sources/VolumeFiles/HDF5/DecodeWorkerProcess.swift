import CHDF5
import Foundation
import SystemPackage
import Volumes

/// A child process that decodes one file for us; it goes away with this value.
final class DecodeWorkerProcess {
    private let channel: WorkerChannel
    private let memory: Int32
    let processID: pid_t
    /// What the messages are about.
    private let path: FilePath
    private var isReaped = false
    private var memoryBytes = 0

    /// Starts the program at `program` as a worker for `path`.
    ///
    /// - Parameter arguments: The program's name and the command that makes it a worker.
    init(
        program: FilePath, for path: FilePath, arguments: [String] = ["tomopair", "decode-worker"]
    ) throws(VolumeFileError) {
        self.path = path
        var pair: [Int32] = [-1, -1]
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, flags, 0, &pair) == 0 else {
            throw .unreadable(path, reason: "no socket for a decoder: \(lastSystemError)")
        }
        let memory = chdf5_anonymous_memory()
        // Above the numbers the child uses, so that no move there overwrites another.
        let childSocket = fcntl(pair[1], F_DUPFD_CLOEXEC, 10)
        let childMemory = fcntl(memory, F_DUPFD_CLOEXEC, 10)
        defer {
            close(pair[1])
            close(childSocket)
            close(childMemory)
        }
        guard memory >= 0, childSocket >= 0, childMemory >= 0 else {
            let reason = "no memory for a decoder: \(lastSystemError)"
            close(pair[0])
            close(memory)
            throw .unreadable(path, reason: reason)
        }
        let started = Self.spawn(
            program, arguments, socket: childSocket, memory: childMemory)
        guard let processID = started.processID else {
            close(pair[0])
            close(memory)
            throw .unreadable(
                path, reason: "the decoder \(program) cannot be started: \(started.reason)")
        }
        channel = WorkerChannel(socket: pair[0])
        self.memory = memory
        self.processID = processID
    }

    deinit {
        _ = reap(killing: true)
        close(channel.socket)
        close(memory)
    }

    private static func spawn(
        _ program: FilePath, _ arguments: [String], socket: Int32, memory: Int32
    ) -> (processID: pid_t?, reason: String) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, WorkerLimit.socket)
        unsafe posix_spawn_file_actions_adddup2(&actions, memory, WorkerLimit.memory)
        unsafe chdf5_close_from(&actions, WorkerLimit.memory + 1)
        // A signal the parent ignores or blocks would be ignored or blocked in the child as well.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        // Its own group: Ctrl-C is for the parent, which ends its worker in order.
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var environment = [
            "HDF5_USE_FILE_LOCKING=FALSE",
            // A crash is an answer here; a backtrace of it would take seconds.
            "SWIFT_BACKTRACE=enable=no",
        ]
        // Where the user keeps filters, and libraries that are in no standard place.
        for name in ["HDF5_PLUGIN_PATH", "LD_LIBRARY_PATH"] {
            if let value = ProcessInfo.processInfo.environment[name] {
                environment.append("\(name)=\(value)")
            }
        }
        var processID: pid_t = 0
        let status = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe posix_spawn(
                    &processID, program.string, &actions, &attributes, arguments, environment)
            }
        }
        guard status == 0 else { return unsafe (nil, String(cString: strerror(status))) }
        return (processID, "")
    }

    /// Asks and waits for the answer, at most `seconds`.
    ///
    /// - Throws: What the worker found, or ``VolumeFileError/malformed(_:problem:)`` where it died
    ///   or never answered: then it is gone.
    func ask(_ request: WorkerRequest, seconds: Int) throws(VolumeFileError) -> WorkerReply {
        try send(request)
        return try answer(seconds: seconds)
    }

    /// Sends a request whose answer is fetched later.
    func send(_ request: WorkerRequest) throws(VolumeFileError) {
        do throws(WorkerSilence) {
            try channel.send(request)
        } catch {
            throw death(error, seconds: 0)
        }
    }

    /// Waits for the answer to the oldest request.
    func answer(seconds: Int) throws(VolumeFileError) -> WorkerReply {
        let reply: WorkerReply
        do throws(WorkerSilence) {
            reply = try channel.receive(
                WorkerReply.self, until: .now.advanced(by: .seconds(seconds)))
        } catch {
            throw death(error, seconds: seconds)
        }
        if case .failed(let failure) = reply { throw failure.error }
        return reply
    }

    /// Makes the shared memory at least `count` bytes long.
    func reserve(_ count: Int) throws(VolumeFileError) {
        guard count > memoryBytes else { return }
        guard ftruncate(memory, off_t(count)) == 0 else {
            throw .unreadable(path, reason: "no memory for a slab of it: \(lastSystemError)")
        }
        memoryBytes = count
    }

    /// Copies out of the shared memory. It is read as a file: a worker gone wrong can cut it, which
    /// is then an error and not a signal.
    func copy(
        from offset: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(VolumeFileError) {
        let copied = try? unsafe PositionedBytes.read(memory, at: offset, into: target)
        guard copied == target.count else {
            throw .malformed(path, problem: "its decoder delivered too few voxels")
        }
    }

    /// Ends the worker, and says what had happened to it.
    private func death(_ silence: WorkerSilence, seconds: Int) -> VolumeFileError {
        let problem: String
        switch silence {
        case .timeout:
            _ = reap(killing: true)
            problem = "its decoder gave no answer within \(seconds) seconds"
        case .tooLong, .unreadable:
            _ = reap(killing: true)
            problem = "its decoder answered nonsense"
        case .closed:
            let status = reap(killing: false)
            switch status.signal {
            case SIGXCPU:
                problem = "decoding it ran in circles and was stopped"
            case .some(let signal):
                problem = "it crashed its decoder (\(name(of: signal)))"
            case nil:
                problem = "its decoder stopped with status \(status.exit)"
            }
        }
        return .malformed(path, problem: problem)
    }

    private func name(of signal: Int32) -> String {
        switch signal {
        case SIGSEGV: "SIGSEGV, a wrong address"
        case SIGABRT: "SIGABRT, damaged memory"
        case SIGBUS: "SIGBUS, a wrong address"
        case SIGFPE: "SIGFPE, a division by zero"
        case SIGILL, SIGTRAP: "SIGILL, a broken rule"
        case SIGKILL: "SIGKILL, perhaps out of memory"
        default: "signal \(signal)"
        }
    }

    /// Waits for the process, so that it leaves no zombie.
    private func reap(killing: Bool) -> (signal: Int32?, exit: Int32) {
        guard !isReaped else { return (nil, 0) }
        isReaped = true
        if killing { kill(processID, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (nil, status >> 8 & 0xff) : (signal, 0)
    }
}

/// Calls `body` with the texts as C takes lists of them: pointers, and a null at the end.
private func withCStrings<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    var pointers = unsafe texts.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else {
            preconditionFailure("a list of texts ends with a null")
        }
        return unsafe body(base)
    }
}

/// What the last system call of this thread complained about.
private var lastSystemError: String { unsafe String(cString: strerror(errno)) }
