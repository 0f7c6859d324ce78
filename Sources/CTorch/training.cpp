#include <cmath>
#include <vector>

#include "guarded.hpp"
#include "scope.hpp"

using namespace ctorch;

int ctorch_set_requires_grad(ctorch_tensor *tensor, bool requires_grad, ctorch_message *message) {
    return guarded("requires grad", message, [&] {
        tensor->value.requires_grad_(requires_grad);
    });
}

int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out, ctorch_message *message) {
    return guarded("gradient", message, [&] {
        const auto &gradient = tensor->value.grad();
        *out = gradient.defined() ? new ctorch_tensor{gradient} : nullptr;
    });
}

int ctorch_set_gradient(
    ctorch_tensor *tensor, const ctorch_tensor *gradient, ctorch_message *message) {
    return guarded("set gradient", message, [&] {
        tensor->value.mutable_grad() = gradient ? gradient->value : at::Tensor();
    });
}

int ctorch_backward(const ctorch_tensor *loss, bool keep_graph, ctorch_message *message) {
    return guarded("backward", message, [&] { loss->value.backward({}, keep_graph); });
}

namespace {

struct GradModeScope final : ctorch_scope {
    at::AutoGradMode guard;
    explicit GradModeScope(bool enabled) : guard(enabled) {}
};

struct InferenceScope final : ctorch_scope {
    c10::InferenceMode guard{true};
};

}  // namespace

int ctorch_enter_grad_mode(ctorch_grad_mode mode, ctorch_scope **out, ctorch_message *message) {
    return guarded("gradient mode", message, [&] {
        if (mode == CTORCH_INFERENCE) {
            *out = new InferenceScope();
        } else {
            *out = new GradModeScope(mode == CTORCH_WITH_GRAD);
        }
    });
}

void ctorch_leave(ctorch_scope *scope) { delete scope; }

int ctorch_zero_gradients(
    ctorch_tensor *const *parameters, int32_t count, ctorch_message *message) {
    return guarded("zero gradients", message, [&] {
        for (int32_t i = 0; i < count; i++) parameters[i]->value.mutable_grad().reset();
    });
}

int ctorch_finish_gradients(
    ctorch_tensor *const *parameters, int32_t count, double scale, double largest_norm,
    double *norm, bool *finite, ctorch_message *message) {
    return guarded("finish gradients", message, [&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> gradients;
        for (int32_t i = 0; i < count; i++) {
            const auto &gradient = parameters[i]->value.grad();
            if (gradient.defined()) gradients.push_back(gradient);
        }
        *norm = 0;
        *finite = true;
        if (gradients.empty()) return;
        if (scale != 1) at::_foreach_mul_(gradients, scale);
        const auto norms = at::stack(at::_foreach_norm(gradients, 2));
        *norm = norms.norm().item().toDouble();
        *finite = std::isfinite(*norm);
        if (*finite && largest_norm > 0 && *norm > largest_norm) {
            at::_foreach_mul_(gradients, largest_norm / (*norm + 1e-6));
        }
    });
}

int ctorch_adam_step(
    ctorch_tensor *const *parameters, ctorch_tensor *const *means, ctorch_tensor *const *variances,
    int32_t count, int64_t step, ctorch_adam settings, ctorch_message *message) {
    return guarded(settings.decoupled ? "AdamW step" : "Adam step", message, [&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> values, gradients, first, second;
        for (int32_t i = 0; i < count; i++) {
            const auto &gradient = parameters[i]->value.grad();
            if (!gradient.defined()) continue;
            values.push_back(parameters[i]->value);
            gradients.push_back(gradient);
            first.push_back(means[i]->value);
            second.push_back(variances[i]->value);
        }
        if (values.empty()) return;
        const auto beta1 = settings.beta1, beta2 = settings.beta2;
        const auto rate = settings.learning_rate;
        if (settings.weight_decay != 0) {
            if (settings.decoupled) {
                at::_foreach_mul_(values, 1 - rate * settings.weight_decay);
            } else {
                gradients = at::_foreach_add(gradients, values, settings.weight_decay);
            }
        }
        at::_foreach_lerp_(first, gradients, 1 - beta1);
        at::_foreach_mul_(second, beta2);
        at::_foreach_addcmul_(second, gradients, gradients, 1 - beta2);
        const auto correction1 = 1 - std::pow(beta1, static_cast<double>(step));
        const auto correction2 = 1 - std::pow(beta2, static_cast<double>(step));
        auto divisors = at::_foreach_sqrt(second);
        at::_foreach_div_(divisors, std::sqrt(correction2));
        at::_foreach_add_(divisors, settings.epsilon);
        at::_foreach_addcdiv_(values, first, divisors, -rate / correction1);
    });
}

int ctorch_momentum_step(
    ctorch_tensor *const *parameters, ctorch_tensor *const *velocities, int32_t count,
    double learning_rate, double momentum, double weight_decay, ctorch_message *message) {
    return guarded("momentum step", message, [&] {
        at::NoGradGuard guard;
        std::vector<at::Tensor> values, gradients, moving;
        for (int32_t i = 0; i < count; i++) {
            const auto &gradient = parameters[i]->value.grad();
            if (!gradient.defined()) continue;
            values.push_back(parameters[i]->value);
            gradients.push_back(gradient);
            moving.push_back(velocities[i]->value);
        }
        if (values.empty()) return;
        if (weight_decay != 0) gradients = at::_foreach_add(gradients, values, weight_decay);
        at::_foreach_mul_(moving, momentum);
        at::_foreach_add_(moving, gradients);
        at::_foreach_add_(values, moving, -learning_rate);
    });
}

int ctorch_average_step(
    ctorch_tensor *const *averages, ctorch_tensor *const *values, int32_t count, double decay,
    ctorch_message *message) {
    return guarded("average step", message, [&] {
        if (count == 0) return;
        at::NoGradGuard guard;
        std::vector<at::Tensor> moving, towards;
        for (int32_t i = 0; i < count; i++) {
            moving.push_back(averages[i]->value);
            towards.push_back(values[i]->value);
        }
        at::_foreach_lerp_(moving, towards, 1 - decay);
    });
}
