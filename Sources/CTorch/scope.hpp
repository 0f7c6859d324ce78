#pragma once
#include "ctorch.h"

/// State of a thread that its destructor puts back.
struct ctorch_scope {
    virtual ~ctorch_scope() = default;
};
