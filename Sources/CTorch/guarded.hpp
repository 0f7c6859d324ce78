#pragma once
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>

#include "ctorch.h"

struct ctorch_tensor {
    at::Tensor value;
};

namespace ctorch {

inline void tell(ctorch_message *message, const char *operation, const char *what) noexcept {
    if (!message) return;
    std::snprintf(message->text, sizeof message->text, "%s: %s", operation, what);
}

/// Runs `body` and turns whatever it throws into a status and a message that begins with the
/// operation's name.
template <class Body>
int guarded(const char *operation, ctorch_message *message, Body &&body) noexcept {
    try {
        body();
        return CTORCH_OK;
    } catch (const c10::OutOfMemoryError &error) {
        tell(message, operation, error.what_without_backtrace());
        return CTORCH_OUT_OF_MEMORY;
    } catch (const c10::Error &error) {
        const char *what = error.what_without_backtrace();
        tell(message, operation, what);
        // The allocator of the processor's memory throws a plain error.
        return std::strstr(what, "can't allocate memory") ? CTORCH_OUT_OF_MEMORY : CTORCH_FAILED;
    } catch (const std::bad_alloc &) {
        tell(message, operation, "no memory left");
        return CTORCH_OUT_OF_MEMORY;
    } catch (const std::exception &error) {
        tell(message, operation, error.what());
        return CTORCH_FAILED;
    } catch (...) {
        tell(message, operation, "an exception of unknown type");
        return CTORCH_FAILED;
    }
}

/// As `guarded`, for a body that returns the tensor to hand out.
template <class Body>
int make(const char *operation, ctorch_tensor **out, ctorch_message *message, Body &&body) noexcept {
    return guarded(operation, message, [&] { *out = new ctorch_tensor{body()}; });
}

inline std::optional<at::Tensor> optional(const ctorch_tensor *tensor) {
    return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

at::ScalarType scalar_type(ctorch_type type);
at::Device device(ctorch_device device);

}  // namespace ctorch
