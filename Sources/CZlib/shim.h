#pragma once
#include <zlib.h>

/// inflateInit2 is a macro, which Swift cannot call. Accepts zlib and gzip wrappers alike.
static inline int czlib_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 32);
}
