// The calls that changed between versions of libtorch, and the state of the library as a whole.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <climits>
#include <memory>
#include <mutex>

#include "guarded.hpp"
#include "scope.hpp"

using namespace ctorch;

#define CTORCH_SINCE(major, minor) \
    (TORCH_VERSION_MAJOR > major || \
     (TORCH_VERSION_MAJOR == major && TORCH_VERSION_MINOR >= minor))

namespace {

bool is_enabled(at::DeviceType device) {
#if CTORCH_SINCE(2, 4)
    return at::autocast::is_autocast_enabled(device);
#else
    return device == at::kCUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
#endif
}

at::ScalarType type_for(at::DeviceType device) {
#if CTORCH_SINCE(2, 4)
    return at::autocast::get_autocast_dtype(device);
#else
    return device == at::kCUDA ? at::autocast::get_autocast_gpu_dtype()
                               : at::autocast::get_autocast_cpu_dtype();
#endif
}

void set(at::DeviceType device, bool enabled, at::ScalarType type) {
#if CTORCH_SINCE(2, 4)
    at::autocast::set_autocast_enabled(device, enabled);
    at::autocast::set_autocast_dtype(device, type);
#else
    if (device == at::kCUDA) {
        at::autocast::set_enabled(enabled);
        at::autocast::set_autocast_gpu_dtype(type);
    } else {
        at::autocast::set_cpu_enabled(enabled);
        at::autocast::set_autocast_cpu_dtype(type);
    }
#endif
}

struct AutocastScope final : ctorch_scope {
    at::DeviceType device;
    bool enabled_before;
    at::ScalarType type_before;

    AutocastScope(at::DeviceType device, bool enabled, at::ScalarType type)
        : device(device), enabled_before(is_enabled(device)), type_before(type_for(device)) {
        set(device, enabled, type);
        at::autocast::increment_nesting();
    }

    ~AutocastScope() override {
        // Casts of weights are kept within a scope; the outermost forgets them, as the weights
        // change after it.
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        set(device, enabled_before, type_before);
    }
};

/// What libtorch's allocators tell a profiler.
struct MemoryCount final : c10::MemoryReportingInfoBase {
    at::Device watched;
    int64_t taken = 0;
    int64_t peak = 0;

    explicit MemoryCount(at::Device watched) : watched(watched) {}

    void reportMemoryUsage(void *, int64_t bytes, size_t, size_t, at::Device device) override {
        if (device.type() != watched.type() || device.index() != watched.index()) return;
        taken += bytes;  // Less than zero for what is given back.
        peak = std::max(peak, taken);
    }

    bool memoryProfilingEnabled() const override { return true; }
};

struct MemoryWatch final : ctorch_scope {
    std::shared_ptr<MemoryCount> count;
    c10::DebugInfoGuard guard;

    explicit MemoryWatch(at::Device device)
        : count(std::make_shared<MemoryCount>(device)),
          guard(c10::DebugInfoKind::PROFILER_STATE, count) {}
};

}  // namespace

int ctorch_enter_memory_watch(
    ctorch_device on, ctorch_scope **out, ctorch_message *message) {
    return guarded("watch memory", message, [&] { *out = new MemoryWatch(device(on)); });
}

int64_t ctorch_watched_peak(const ctorch_scope *memory_watch) {
    return static_cast<const MemoryWatch *>(memory_watch)->count->peak;
}

int ctorch_enter_autocast(
    bool cuda, ctorch_type type, bool enabled, ctorch_scope **out, ctorch_message *message) {
    return guarded("autocast", message, [&] {
        *out = new AutocastScope(cuda ? at::kCUDA : at::kCPU, enabled, scalar_type(type));
    });
}

const char *ctorch_version(void) { return TORCH_VERSION; }

int32_t ctorch_cuda_devices(void) {
    try {
        return static_cast<int32_t>(at::getNumGPUs());
    } catch (...) {
        return 0;
    }
}

int32_t ctorch_threads(void) { return at::get_num_threads(); }

int ctorch_set_threads(int32_t threads, int32_t between_operations, ctorch_message *message) {
    return guarded("set threads", message, [&] {
        at::set_num_threads(threads);
        // libtorch takes this once in a process, before any work of that kind.
        if (between_operations > 0 && at::get_num_interop_threads() != between_operations) {
            at::set_num_interop_threads(between_operations);
        }
    });
}

bool ctorch_keep_freed_memory(void) {
#ifdef __GLIBC__
    // The largest threshold that glibc takes; larger pieces still come from the system each time.
    return mallopt(M_MMAP_THRESHOLD, 32 << 20) == 1 && mallopt(M_TRIM_THRESHOLD, INT_MAX) == 1 &&
        mallopt(M_TOP_PAD, 64 << 20) == 1;
#else
    return false;
#endif
}

int ctorch_seed(uint64_t seed, ctorch_message *message) {
    return guarded("seed", message, [&] { at::manual_seed(seed); });
}

int ctorch_set_deterministic(bool deterministic, ctorch_message *message) {
    return guarded("deterministic", message, [&] {
        auto &context = at::globalContext();
        context.setDeterministicAlgorithms(deterministic, /*warn_only=*/false);
        context.setDeterministicCuDNN(deterministic);
        context.setBenchmarkCuDNN(!deterministic);
    });
}

int ctorch_set_tensor_float(bool allowed, ctorch_message *message) {
    return guarded("tensor float", message, [&] {
        at::globalContext().setAllowTF32CuBLAS(allowed);
        at::globalContext().setAllowTF32CuDNN(allowed);
    });
}

int ctorch_synchronize(ctorch_device on, ctorch_message *message) {
    return guarded("synchronize", message, [&] {
        if (on >= 0) at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(on));
    });
}
