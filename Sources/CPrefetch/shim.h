#pragma once

/// A builtin of the compiler, which Swift has not: memory to be fetched while something else goes on.
/// Any address will do, as none is read.
static inline void cprefetch(const void *address) {
    __builtin_prefetch(address, 1, 3);
}
