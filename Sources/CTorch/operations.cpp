
#include "guarded.hpp"

using namespace ctorch;

int ctorch_unary(
    ctorch_unary_operation operation, const ctorch_tensor *a, ctorch_tensor **out,
    ctorch_message *message) {
    static const char *const names[] = {
        "negate", "abs", "sqrt", "square", "exp", "log", "sigmoid", "tanh", "relu", "softplus",
        "sign", "round", "floor", "is finite", "clone", "detach", "contiguous"};
    return make(names[operation], out, message, [&] {
        const auto &x = a->value;
        switch (operation) {
            case CTORCH_NEGATE: return x.neg();
            case CTORCH_ABS: return x.abs();
            case CTORCH_SQRT: return x.sqrt();
            case CTORCH_SQUARE: return x.square();
            case CTORCH_EXP: return x.exp();
            case CTORCH_LOG: return x.log();
            case CTORCH_SIGMOID: return x.sigmoid();
            case CTORCH_TANH: return x.tanh();
            case CTORCH_RELU: return x.relu();
            case CTORCH_SOFTPLUS: return at::softplus(x);
            case CTORCH_SIGN: return x.sign();
            case CTORCH_ROUND: return x.round();
            case CTORCH_FLOOR: return x.floor();
            case CTORCH_IS_FINITE: return x.isfinite();
            case CTORCH_CLONE: return x.clone();
            case CTORCH_DETACH: return x.detach();
            case CTORCH_CONTIGUOUS: return x.contiguous();
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ctorch_binary(
    ctorch_binary_operation operation, const ctorch_tensor *a, const ctorch_tensor *b,
    ctorch_tensor **out, ctorch_message *message) {
    static const char *const names[] = {
        "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "less", "greater",
        "equal", "matrix product"};
    return make(names[operation], out, message, [&] {
        const auto &x = a->value;
        const auto &y = b->value;
        switch (operation) {
            case CTORCH_ADD: return x + y;
            case CTORCH_SUBTRACT: return x - y;
            case CTORCH_MULTIPLY: return x * y;
            case CTORCH_DIVIDE: return x / y;
            case CTORCH_POWER: return x.pow(y);
            case CTORCH_MAXIMUM: return at::maximum(x, y);
            case CTORCH_MINIMUM: return at::minimum(x, y);
            case CTORCH_LESS: return x.lt(y);
            case CTORCH_GREATER: return x.gt(y);
            case CTORCH_EQUAL: return x.eq(y);
            case CTORCH_MATRIX_PRODUCT: return at::matmul(x, y);
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ctorch_with_scalar(
    ctorch_scalar_operation operation, const ctorch_tensor *a, double scalar, ctorch_tensor **out,
    ctorch_message *message) {
    static const char *const names[] = {
        "add", "multiply", "divide", "power", "leaky relu", "clamp", "clamp", "less", "greater",
        "leaky relu"};
    return make(names[operation], out, message, [&] {
        const auto &x = a->value;
        switch (operation) {
            case CTORCH_ADD_SCALAR: return x + scalar;
            case CTORCH_MULTIPLY_SCALAR: return x * scalar;
            case CTORCH_DIVIDE_SCALAR: return x / scalar;
            case CTORCH_POWER_SCALAR: return x.pow(scalar);
            case CTORCH_LEAKY_RELU: return at::leaky_relu(x, scalar);
            case CTORCH_CLAMP_MIN: return x.clamp_min(scalar);
            case CTORCH_CLAMP_MAX: return x.clamp_max(scalar);
            case CTORCH_LESS_SCALAR: return x.lt(scalar);
            case CTORCH_GREATER_SCALAR: return x.gt(scalar);
            case CTORCH_LEAKY_RELU_IN_PLACE: {
                auto same = x;
                return at::leaky_relu_(same, scalar);
            }
        }
        TORCH_CHECK(false, "no such operation");
    });
}

int ctorch_add_scaled(
    const ctorch_tensor *a, const ctorch_tensor *b, double scale, ctorch_tensor **out,
    ctorch_message *message) {
    return make("add scaled", out, message, [&] { return at::add(a->value, b->value, scale); });
}

int ctorch_where(
    const ctorch_tensor *condition, const ctorch_tensor *a, const ctorch_tensor *b,
    ctorch_tensor **out, ctorch_message *message) {
    return make("where", out, message, [&] {
        return at::where(condition->value, a->value, b->value);
    });
}

int ctorch_reduce(
    ctorch_reduction reduction, const ctorch_tensor *a, const int64_t *dimensions, int32_t count,
    bool keep, ctorch_tensor **out, ctorch_message *message) {
    static const char *const names[] = {"sum", "mean", "largest", "smallest", "variance", "norm"};
    return make(names[reduction], out, message, [&] {
        const auto &x = a->value;
        std::vector<int64_t> list(dimensions, dimensions + count);
        if (list.empty()) {
            for (int64_t i = 0; i < x.dim(); i++) list.push_back(i);
        }
        switch (reduction) {
            case CTORCH_SUM: return x.sum(list, keep);
            case CTORCH_MEAN: return x.mean(list, keep);
            case CTORCH_LARGEST: return x.amax(list, keep);
            case CTORCH_SMALLEST: return x.amin(list, keep);
            // Divided by the number of elements, as normalisation layers do.
            case CTORCH_VARIANCE: return x.var(list, /*unbiased=*/false, keep);
            case CTORCH_NORM: return at::norm(x, 2, list, keep);
        }
        TORCH_CHECK(false, "no such reduction");
    });
}

static at::Tensor padded(const at::Tensor &x, at::IntArrayRef amounts, ctorch_padding padding) {
    switch (padding) {
        case CTORCH_PAD_ZEROS: return at::constant_pad_nd(x, amounts, 0);
        case CTORCH_PAD_REFLECT: return at::pad(x, amounts, "reflect");
        case CTORCH_PAD_REPLICATE: return at::pad(x, amounts, "replicate");
    }
    TORCH_CHECK(false, "no such padding");
}

int ctorch_pad(
    const ctorch_tensor *a, const int64_t *amounts, int32_t count, ctorch_padding padding,
    ctorch_tensor **out, ctorch_message *message) {
    return make("pad", out, message, [&] {
        return padded(a->value, at::IntArrayRef(amounts, count), padding);
    });
}

int ctorch_conv2d(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    int64_t stride, int64_t padding_size, ctorch_padding padding, int64_t dilation, int64_t groups,
    ctorch_tensor **out, ctorch_message *message) {
    return make("convolution", out, message, [&] {
        auto x = input->value;
        auto zeros = padding_size;
        if (padding != CTORCH_PAD_ZEROS && padding_size > 0) {
            x = padded(x, {padding_size, padding_size, padding_size, padding_size}, padding);
            zeros = 0;
        }
        return at::conv2d(x, weight->value, optional(bias), stride, zeros, dilation, groups);
    });
}

int ctorch_linear(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor **out, ctorch_message *message) {
    return make("linear", out, message, [&] {
        return at::linear(input->value, weight->value, optional(bias));
    });
}

int ctorch_batch_norm(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training, double momentum,
    double epsilon, ctorch_tensor **out, ctorch_message *message) {
    return make("batch norm", out, message, [&] {
        const auto &x = input->value;
        TORCH_CHECK(
            !training || x.numel() > x.size(1),
            "training needs more than one value in each channel");
        return at::batch_norm(
            x, optional(weight), optional(bias), optional(running_mean), optional(running_variance),
            training, momentum, epsilon, /*cudnn_enabled=*/true);
    });
}

int ctorch_group_norm(
    const ctorch_tensor *input, int64_t groups, const ctorch_tensor *weight,
    const ctorch_tensor *bias, double epsilon, ctorch_tensor **out, ctorch_message *message) {
    return make("group norm", out, message, [&] {
        return at::group_norm(input->value, groups, optional(weight), optional(bias), epsilon);
    });
}

int ctorch_instance_norm(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    double epsilon, ctorch_tensor **out, ctorch_message *message) {
    return make("instance norm", out, message, [&] {
        return at::instance_norm(
            input->value, optional(weight), optional(bias), {}, {}, /*use_input_stats=*/true,
            /*momentum=*/0.1, epsilon, /*cudnn_enabled=*/true);
    });
}

int ctorch_prelu(
    const ctorch_tensor *input, const ctorch_tensor *slope, ctorch_tensor **out,
    ctorch_message *message) {
    return make("prelu", out, message, [&] { return at::prelu(input->value, slope->value); });
}

int ctorch_pixel_shuffle(
    const ctorch_tensor *input, int64_t factor, bool inverse, ctorch_tensor **out,
    ctorch_message *message) {
    return make(inverse ? "pixel unshuffle" : "pixel shuffle", out, message, [&] {
        return inverse ? at::pixel_unshuffle(input->value, factor)
                       : at::pixel_shuffle(input->value, factor);
    });
}

int ctorch_interpolate(
    const ctorch_tensor *input, int64_t height, int64_t width, ctorch_interpolation interpolation,
    bool antialias, ctorch_tensor **out, ctorch_message *message) {
    return make("interpolate", out, message, [&] {
        const auto &x = input->value;
        const std::vector<int64_t> size{height, width};
        switch (interpolation) {
            case CTORCH_NEAREST: return at::upsample_nearest2d(x, size);
            case CTORCH_BILINEAR:
                return antialias ? at::_upsample_bilinear2d_aa(x, size, false)
                                 : at::upsample_bilinear2d(x, size, false);
            case CTORCH_BICUBIC:
                return antialias ? at::_upsample_bicubic2d_aa(x, size, false)
                                 : at::upsample_bicubic2d(x, size, false);
            case CTORCH_AREA: return at::adaptive_avg_pool2d(x, size);
        }
        TORCH_CHECK(false, "no such interpolation");
    });
}

int ctorch_pool(
    const ctorch_tensor *input, ctorch_pooling pooling, int64_t size, int64_t stride,
    ctorch_tensor **out, ctorch_message *message) {
    const bool mean = pooling == CTORCH_AVERAGE_POOL || pooling == CTORCH_AVERAGE_POOL_TO_SIZE;
    return make(mean ? "average pool" : "max pool", out, message, [&] {
        const auto &x = input->value;
        switch (pooling) {
            case CTORCH_AVERAGE_POOL: return at::avg_pool2d(x, size, stride);
            case CTORCH_MAX_POOL: return at::max_pool2d(x, size, stride);
            case CTORCH_AVERAGE_POOL_TO_SIZE: return at::adaptive_avg_pool2d(x, {size, size});
            case CTORCH_MAX_POOL_TO_SIZE:
                return std::get<0>(at::adaptive_max_pool2d(x, {size, size}));
        }
        TORCH_CHECK(false, "no such pooling");
    });
}

int ctorch_loss(
    ctorch_loss_kind kind, const ctorch_tensor *prediction, const ctorch_tensor *target,
    ctorch_tensor **out, ctorch_message *message) {
    static const char *const names[] = {"L1 loss", "MSE loss", "BCE loss", "smooth L1 loss"};
    return make(names[kind], out, message, [&] {
        const auto &x = prediction->value;
        const auto &y = target->value;
        // PyTorch broadcasts here, which makes a wrong shape a wrong number.
        TORCH_CHECK(
            x.sizes() == y.sizes(), "the prediction has shape ", x.sizes(), ", the target ",
            y.sizes());
        switch (kind) {
            case CTORCH_L1: return at::l1_loss(x, y);
            case CTORCH_MSE: return at::mse_loss(x, y);
            case CTORCH_BCE_WITH_LOGITS: return at::binary_cross_entropy_with_logits(x, y);
            case CTORCH_SMOOTH_L1: return at::smooth_l1_loss(x, y);
        }
        TORCH_CHECK(false, "no such loss");
    });
}

static at::Tensor unit(const at::Tensor &x, double epsilon) {
    return x / x.norm().clamp_min(epsilon);
}

int ctorch_spectral_norm(
    const ctorch_tensor *weight, ctorch_tensor *u, ctorch_tensor *v, int32_t iterations,
    double epsilon, ctorch_tensor **out, ctorch_message *message) {
    return make("spectral norm", out, message, [&] {
        const auto matrix = weight->value.reshape({weight->value.size(0), -1});
        if (iterations > 0) {
            at::NoGradGuard guard;
            for (int32_t i = 0; i < iterations; i++) {
                v->value.copy_(unit(at::mv(matrix.t(), u->value), epsilon));
                u->value.copy_(unit(at::mv(matrix, v->value), epsilon));
            }
        }
        // Copies, as the next forward pass changes u and v while this one's graph may still need
        // them.
        const auto left = u->value.clone();
        const auto right = v->value.clone();
        return weight->value / at::dot(left, at::mv(matrix, right));
    });
}
