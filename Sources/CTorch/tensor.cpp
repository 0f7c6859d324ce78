
#include "guarded.hpp"

using namespace ctorch;

namespace ctorch {

at::ScalarType scalar_type(ctorch_type type) {
    switch (type) {
        case CTORCH_FLOAT32: return at::kFloat;
        case CTORCH_FLOAT64: return at::kDouble;
        case CTORCH_FLOAT16: return at::kHalf;
        case CTORCH_BFLOAT16: return at::kBFloat16;
        case CTORCH_INT64: return at::kLong;
        case CTORCH_INT32: return at::kInt;
        case CTORCH_UINT8: return at::kByte;
        case CTORCH_BOOL: return at::kBool;
        case CTORCH_OTHER_TYPE: break;
    }
    TORCH_CHECK(false, "no such element type");
}

static ctorch_type type_of(at::ScalarType type) {
    switch (type) {
        case at::kFloat: return CTORCH_FLOAT32;
        case at::kDouble: return CTORCH_FLOAT64;
        case at::kHalf: return CTORCH_FLOAT16;
        case at::kBFloat16: return CTORCH_BFLOAT16;
        case at::kLong: return CTORCH_INT64;
        case at::kInt: return CTORCH_INT32;
        case at::kByte: return CTORCH_UINT8;
        case at::kBool: return CTORCH_BOOL;
        default: return CTORCH_OTHER_TYPE;
    }
}

at::Device device(ctorch_device device) {
    if (device < 0) return at::Device(at::kCPU);
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device));
}

}  // namespace ctorch

void ctorch_free(ctorch_tensor *tensor) { delete tensor; }

int ctorch_copy_in(
    const void *values, ctorch_type type, const int64_t *shape, int32_t rank, ctorch_tensor **out,
    ctorch_message *message) {
    return make("copy in", out, message, [&] {
        auto tensor = at::empty(at::IntArrayRef(shape, rank), at::dtype(scalar_type(type)));
        if (tensor.nbytes() > 0) std::memcpy(tensor.mutable_data_ptr(), values, tensor.nbytes());
        return tensor;
    });
}

int ctorch_copy_out(
    const ctorch_tensor *tensor, ctorch_type type, void *values, int64_t count,
    ctorch_message *message) {
    return guarded("copy out", message, [&] {
        auto source = tensor->value.detach();
        TORCH_CHECK(
            source.numel() == count, "the tensor has ", source.numel(), " elements, and ", count,
            " were asked for");
        if (count == 0) return;
        source = source.to(at::kCPU, scalar_type(type)).contiguous();
        std::memcpy(values, source.const_data_ptr(), source.nbytes());
    });
}

int ctorch_full(
    const int64_t *shape, int32_t rank, double value, ctorch_type type, ctorch_device on,
    ctorch_tensor **out, ctorch_message *message) {
    return make("full", out, message, [&] {
        auto options = at::dtype(scalar_type(type)).device(device(on));
        return at::full(at::IntArrayRef(shape, rank), value, options);
    });
}

int ctorch_random(
    const int64_t *shape, int32_t rank, bool gaussian, ctorch_type type, ctorch_device on,
    ctorch_tensor **out, ctorch_message *message) {
    return make(gaussian ? "randn" : "rand", out, message, [&] {
        auto options = at::dtype(scalar_type(type)).device(device(on));
        at::IntArrayRef sizes(shape, rank);
        return gaussian ? at::randn(sizes, options) : at::rand(sizes, options);
    });
}

int ctorch_get_info(const ctorch_tensor *tensor, ctorch_info *info, ctorch_message *message) {
    return guarded("shape", message, [&] {
        const auto &value = tensor->value;
        TORCH_CHECK(value.dim() <= CTORCH_MAX_RANK, "a tensor of ", value.dim(), " dimensions");
        info->rank = static_cast<int32_t>(value.dim());
        for (int32_t i = 0; i < info->rank; i++) info->shape[i] = value.size(i);
        info->type = type_of(value.scalar_type());
        info->device = value.is_cuda() ? value.device().index() : -1;
        info->requires_grad = value.requires_grad();
        info->is_channels_last =
            value.dim() == 4 && value.is_contiguous(at::MemoryFormat::ChannelsLast);
    });
}

int ctorch_item(const ctorch_tensor *tensor, double *value, ctorch_message *message) {
    return guarded("item", message, [&] { *value = tensor->value.item().toDouble(); });
}

int ctorch_to(
    const ctorch_tensor *tensor, ctorch_type type, ctorch_device on, bool channels_last,
    bool non_blocking, ctorch_tensor **out, ctorch_message *message) {
    return make("to", out, message, [&] {
        const auto &value = tensor->value;
        auto wanted = type == CTORCH_OTHER_TYPE ? value.scalar_type() : scalar_type(type);
        auto format = channels_last && value.dim() == 4 ? at::MemoryFormat::ChannelsLast
                                                        : at::MemoryFormat::Preserve;
        return value.to(device(on), wanted, non_blocking, /*copy=*/false, format);
    });
}

int ctorch_pin(const ctorch_tensor *tensor, ctorch_tensor **out, ctorch_message *message) {
    return make("pin memory", out, message, [&] { return tensor->value.pin_memory(); });
}

int ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source, ctorch_message *message) {
    return guarded("assign", message, [&] {
        at::NoGradGuard guard;
        tensor->value.copy_(source->value);
    });
}

int ctorch_reshape(
    const ctorch_tensor *a, const int64_t *shape, int32_t rank, ctorch_tensor **out,
    ctorch_message *message) {
    return make("reshape", out, message, [&] {
        return a->value.reshape(at::IntArrayRef(shape, rank));
    });
}

int ctorch_permute(
    const ctorch_tensor *a, const int64_t *order, int32_t rank, ctorch_tensor **out,
    ctorch_message *message) {
    return make("permute", out, message, [&] {
        return a->value.permute(at::IntArrayRef(order, rank));
    });
}

int ctorch_slice(
    const ctorch_tensor *a, int64_t dimension, int64_t start, int64_t end, int64_t step,
    ctorch_tensor **out, ctorch_message *message) {
    return make("slice", out, message, [&] {
        const auto size = a->value.size(dimension);
        // PyTorch clamps a slice to the tensor, in silence.
        TORCH_CHECK(
            start >= 0 && start <= end && end <= size, "elements ", start, " to ", end,
            " of a dimension of ", size);
        return a->value.slice(dimension, start, end, step);
    });
}

int ctorch_flip(
    const ctorch_tensor *a, const int64_t *dimensions, int32_t count, ctorch_tensor **out,
    ctorch_message *message) {
    return make("flip", out, message, [&] {
        return a->value.flip(at::IntArrayRef(dimensions, count));
    });
}

static std::vector<at::Tensor> values(const ctorch_tensor *const *tensors, int32_t count) {
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; i++) list.push_back(tensors[i]->value);
    return list;
}

int ctorch_concatenate(
    const ctorch_tensor *const *tensors, int32_t count, int64_t dimension, ctorch_tensor **out,
    ctorch_message *message) {
    return make("concatenate", out, message, [&] {
        return at::cat(values(tensors, count), dimension);
    });
}

int ctorch_stack(
    const ctorch_tensor *const *tensors, int32_t count, int64_t dimension, ctorch_tensor **out,
    ctorch_message *message) {
    return make("stack", out, message, [&] {
        return at::stack(values(tensors, count), dimension);
    });
}
