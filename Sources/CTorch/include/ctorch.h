#pragma once
// What tomopair needs of libtorch, as plain C.
//
// Every function returns a status and, where that is not CTORCH_OK, leaves in `message` the name of
// the operation and what was wrong with it. No C++ exception leaves. A tensor handed out through
// `out` belongs to the caller, who gives it back with `ctorch_free`; tensors handed in stay the
// caller's. Sizes are in elements, dimensions may be negative as in PyTorch.
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor ctorch_tensor;
typedef struct ctorch_scope ctorch_scope;

enum { CTORCH_OK = 0, CTORCH_FAILED = 1, CTORCH_OUT_OF_MEMORY = 2 };
enum { CTORCH_MAX_RANK = 8, CTORCH_MESSAGE_SIZE = 1024 };

typedef struct {
    char text[CTORCH_MESSAGE_SIZE];
} ctorch_message;

/// The text of a message. A function because Swift sees the array as a tuple.
static inline const char *ctorch_message_text(const ctorch_message *message) {
    return message->text;
}

typedef enum {
    CTORCH_FLOAT32,
    CTORCH_FLOAT64,
    CTORCH_FLOAT16,
    CTORCH_BFLOAT16,
    CTORCH_INT64,
    CTORCH_INT32,
    CTORCH_UINT8,
    CTORCH_BOOL,
    CTORCH_OTHER_TYPE
} ctorch_type;

/// A device: -1 is the processor, 0 and more the CUDA device of that index.
typedef int32_t ctorch_device;

typedef struct {
    int32_t rank;
    int64_t shape[CTORCH_MAX_RANK];
    ctorch_type type;
    ctorch_device device;
    bool requires_grad;
    bool is_channels_last;
} ctorch_info;

/// A size of the shape. A function because Swift sees the array as a tuple.
static inline int64_t ctorch_info_size(const ctorch_info *info, int32_t dimension) {
    return info->shape[dimension];
}

// -- Life, memory, facts

void ctorch_free(ctorch_tensor *tensor);
/// A tensor on the processor that holds a copy of `values`, contiguous and of `type`.
int ctorch_copy_in(
    const void *values, ctorch_type type, const int64_t *shape, int32_t rank, ctorch_tensor **out,
    ctorch_message *message);
/// Writes `count` elements, converted to `type`, in the order of the shape.
int ctorch_copy_out(
    const ctorch_tensor *tensor, ctorch_type type, void *values, int64_t count,
    ctorch_message *message);
int ctorch_full(
    const int64_t *shape, int32_t rank, double value, ctorch_type type, ctorch_device device,
    ctorch_tensor **out, ctorch_message *message);
/// Uniform in 0..<1, or Gaussian, from libtorch's own generator of that device.
int ctorch_random(
    const int64_t *shape, int32_t rank, bool gaussian, ctorch_type type, ctorch_device device,
    ctorch_tensor **out, ctorch_message *message);
int ctorch_get_info(const ctorch_tensor *tensor, ctorch_info *info, ctorch_message *message);
int ctorch_item(const ctorch_tensor *tensor, double *value, ctorch_message *message);
/// The tensor itself in a new handle if it already is as asked; type CTORCH_OTHER_TYPE keeps it.
int ctorch_to(
    const ctorch_tensor *tensor, ctorch_type type, ctorch_device device, bool channels_last,
    bool non_blocking, ctorch_tensor **out, ctorch_message *message);
/// Page-locked host memory, from which copies to a GPU run beside other work; needs CUDA.
int ctorch_pin(const ctorch_tensor *tensor, ctorch_tensor **out, ctorch_message *message);
/// Overwrites `tensor` with `source`, broadcast and converted, unseen by autograd.
int ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source, ctorch_message *message);

// -- Element by element

typedef enum {
    CTORCH_NEGATE,
    CTORCH_ABS,
    CTORCH_SQRT,
    CTORCH_SQUARE,
    CTORCH_EXP,
    CTORCH_LOG,
    CTORCH_SIGMOID,
    CTORCH_TANH,
    CTORCH_RELU,
    CTORCH_SOFTPLUS,
    CTORCH_SIGN,
    CTORCH_ROUND,
    CTORCH_FLOOR,
    CTORCH_IS_FINITE,
    CTORCH_CLONE,
    CTORCH_DETACH,
    CTORCH_CONTIGUOUS
} ctorch_unary_operation;
int ctorch_unary(
    ctorch_unary_operation operation, const ctorch_tensor *a, ctorch_tensor **out,
    ctorch_message *message);

typedef enum {
    CTORCH_ADD,
    CTORCH_SUBTRACT,
    CTORCH_MULTIPLY,
    CTORCH_DIVIDE,
    CTORCH_POWER,
    CTORCH_MAXIMUM,
    CTORCH_MINIMUM,
    CTORCH_LESS,
    CTORCH_GREATER,
    CTORCH_EQUAL,
    CTORCH_MATRIX_PRODUCT
} ctorch_binary_operation;
int ctorch_binary(
    ctorch_binary_operation operation, const ctorch_tensor *a, const ctorch_tensor *b,
    ctorch_tensor **out, ctorch_message *message);

typedef enum {
    CTORCH_ADD_SCALAR,
    CTORCH_MULTIPLY_SCALAR,
    CTORCH_DIVIDE_SCALAR,
    CTORCH_POWER_SCALAR,
    CTORCH_LEAKY_RELU,
    CTORCH_CLAMP_MIN,
    CTORCH_CLAMP_MAX,
    CTORCH_LESS_SCALAR,
    CTORCH_GREATER_SCALAR,
    // Overwrites its operand, and hands out the same memory.
    CTORCH_LEAKY_RELU_IN_PLACE
} ctorch_scalar_operation;
int ctorch_with_scalar(
    ctorch_scalar_operation operation, const ctorch_tensor *a, double scalar, ctorch_tensor **out,
    ctorch_message *message);
/// `a + scale b`, the residual connection in one kernel.
int ctorch_add_scaled(
    const ctorch_tensor *a, const ctorch_tensor *b, double scale, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_where(
    const ctorch_tensor *condition, const ctorch_tensor *a, const ctorch_tensor *b,
    ctorch_tensor **out, ctorch_message *message);

// -- Reductions; no dimensions means all of them

typedef enum {
    CTORCH_SUM,
    CTORCH_MEAN,
    CTORCH_LARGEST,
    CTORCH_SMALLEST,
    CTORCH_VARIANCE,
    CTORCH_NORM
} ctorch_reduction;
int ctorch_reduce(
    ctorch_reduction reduction, const ctorch_tensor *a, const int64_t *dimensions, int32_t count,
    bool keep, ctorch_tensor **out, ctorch_message *message);

// -- Shape

int ctorch_reshape(
    const ctorch_tensor *a, const int64_t *shape, int32_t rank, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_permute(
    const ctorch_tensor *a, const int64_t *order, int32_t rank, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_slice(
    const ctorch_tensor *a, int64_t dimension, int64_t start, int64_t end, int64_t step,
    ctorch_tensor **out, ctorch_message *message);
int ctorch_flip(
    const ctorch_tensor *a, const int64_t *dimensions, int32_t count, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_concatenate(
    const ctorch_tensor *const *tensors, int32_t count, int64_t dimension, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_stack(
    const ctorch_tensor *const *tensors, int32_t count, int64_t dimension, ctorch_tensor **out,
    ctorch_message *message);

typedef enum { CTORCH_PAD_ZEROS, CTORCH_PAD_REFLECT, CTORCH_PAD_REPLICATE } ctorch_padding;
/// Pads the last dimensions: pairs of (before, after), last dimension first.
int ctorch_pad(
    const ctorch_tensor *a, const int64_t *amounts, int32_t count, ctorch_padding padding,
    ctorch_tensor **out, ctorch_message *message);

// -- Layers, on (batch, channels, height, width)

/// `bias` may be null. Padding that is not of zeros is laid around the input first.
int ctorch_conv2d(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    int64_t stride, int64_t padding_size, ctorch_padding padding, int64_t dilation, int64_t groups,
    ctorch_tensor **out, ctorch_message *message);
int ctorch_linear(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor **out, ctorch_message *message);
/// Weight, bias and running statistics may be null; with `training` the statistics are those of the
/// batch, and the running ones follow with `momentum`.
int ctorch_batch_norm(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training, double momentum,
    double epsilon, ctorch_tensor **out, ctorch_message *message);
int ctorch_group_norm(
    const ctorch_tensor *input, int64_t groups, const ctorch_tensor *weight,
    const ctorch_tensor *bias, double epsilon, ctorch_tensor **out, ctorch_message *message);
int ctorch_instance_norm(
    const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
    double epsilon, ctorch_tensor **out, ctorch_message *message);
int ctorch_prelu(
    const ctorch_tensor *input, const ctorch_tensor *slope, ctorch_tensor **out,
    ctorch_message *message);
int ctorch_pixel_shuffle(
    const ctorch_tensor *input, int64_t factor, bool inverse, ctorch_tensor **out,
    ctorch_message *message);

typedef enum {
    CTORCH_NEAREST,
    CTORCH_BILINEAR,
    CTORCH_BICUBIC,
    CTORCH_AREA
} ctorch_interpolation;
/// Pixel centres at half places (`align_corners` false); `antialias` for bilinear and bicubic.
int ctorch_interpolate(
    const ctorch_tensor *input, int64_t height, int64_t width, ctorch_interpolation interpolation,
    bool antialias, ctorch_tensor **out, ctorch_message *message);

typedef enum {
    CTORCH_AVERAGE_POOL,
    CTORCH_MAX_POOL,
    CTORCH_AVERAGE_POOL_TO_SIZE,
    CTORCH_MAX_POOL_TO_SIZE
} ctorch_pooling;
/// `size` and `stride` of the window, or the size of the result (then `stride` says nothing).
int ctorch_pool(
    const ctorch_tensor *input, ctorch_pooling pooling, int64_t size, int64_t stride,
    ctorch_tensor **out, ctorch_message *message);

typedef enum {
    CTORCH_L1,
    CTORCH_MSE,
    CTORCH_BCE_WITH_LOGITS,
    CTORCH_SMOOTH_L1
} ctorch_loss_kind;
/// The mean over all elements.
int ctorch_loss(
    ctorch_loss_kind kind, const ctorch_tensor *prediction, const ctorch_tensor *target,
    ctorch_tensor **out, ctorch_message *message);
/// A weight divided by its largest singular value as estimated from `u` and `v`, which are improved
/// in place by `iterations` steps of the power method first.
int ctorch_spectral_norm(
    const ctorch_tensor *weight, ctorch_tensor *u, ctorch_tensor *v, int32_t iterations,
    double epsilon, ctorch_tensor **out, ctorch_message *message);

// -- Gradients

int ctorch_set_requires_grad(ctorch_tensor *tensor, bool requires_grad, ctorch_message *message);
/// Null through `out` if there is none.
int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out, ctorch_message *message);
int ctorch_set_gradient(
    ctorch_tensor *tensor, const ctorch_tensor *gradient, ctorch_message *message);
int ctorch_backward(const ctorch_tensor *loss, bool keep_graph, ctorch_message *message);

/// State of the calling thread that lasts until `ctorch_leave`, on that thread and innermost first.
typedef enum { CTORCH_NO_GRAD, CTORCH_WITH_GRAD, CTORCH_INFERENCE } ctorch_grad_mode;
int ctorch_enter_grad_mode(ctorch_grad_mode mode, ctorch_scope **out, ctorch_message *message);
int ctorch_enter_autocast(
    bool cuda, ctorch_type type, bool enabled, ctorch_scope **out, ctorch_message *message);
/// Counts the bytes that the thread takes and gives back on a device.
int ctorch_enter_memory_watch(
    ctorch_device device, ctorch_scope **out, ctorch_message *message);
/// The most bytes that a memory watch saw taken at once.
int64_t ctorch_watched_peak(const ctorch_scope *memory_watch);
void ctorch_leave(ctorch_scope *scope);

// -- Whole steps over lists of parameters

int ctorch_zero_gradients(
    ctorch_tensor *const *parameters, int32_t count, ctorch_message *message);
/// Multiplies all gradients by `scale`, writes their joint norm, and scales them down to
/// `largest_norm` if that is positive and smaller. With a norm that is not finite `finite` is false
/// and the gradients are not clipped. Parameters without a gradient count nothing.
int ctorch_finish_gradients(
    ctorch_tensor *const *parameters, int32_t count, double scale, double largest_norm,
    double *norm, bool *finite, ctorch_message *message);

typedef struct {
    double learning_rate;
    double beta1;
    double beta2;
    double epsilon;
    double weight_decay;
    /// AdamW: the decay shrinks the weights themselves, not by way of the gradient.
    bool decoupled;
} ctorch_adam;
/// `step` counts from 1. Parameters without a gradient are left alone.
int ctorch_adam_step(
    ctorch_tensor *const *parameters, ctorch_tensor *const *means, ctorch_tensor *const *variances,
    int32_t count, int64_t step, ctorch_adam settings, ctorch_message *message);
int ctorch_momentum_step(
    ctorch_tensor *const *parameters, ctorch_tensor *const *velocities, int32_t count,
    double learning_rate, double momentum, double weight_decay, ctorch_message *message);
/// Every average moves towards its value by the share `1 - decay`.
int ctorch_average_step(
    ctorch_tensor *const *averages, ctorch_tensor *const *values, int32_t count, double decay,
    ctorch_message *message);

// -- The library

const char *ctorch_version(void);
int32_t ctorch_cuda_devices(void);
int32_t ctorch_threads(void);
int ctorch_set_threads(int32_t threads, int32_t between_operations, ctorch_message *message);
/// Whether the C library could be told to keep what is freed.
bool ctorch_keep_freed_memory(void);
int ctorch_seed(uint64_t seed, ctorch_message *message);
int ctorch_set_deterministic(bool deterministic, ctorch_message *message);
/// Lets convolutions and matrix products of CUDA round their inputs to 10 bits of mantissa.
int ctorch_set_tensor_float(bool allowed, ctorch_message *message);
int ctorch_synchronize(ctorch_device device, ctorch_message *message);

#ifdef __cplusplus
}
#endif
