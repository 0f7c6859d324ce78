#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

/// The file behind a TIFF handle, and what libtiff said about it since `ctiff_forget`. Every handle
/// has its own, so that messages go neither to standard error nor to another handle, and reads with
/// `pread`, so that many handles share one descriptor.
typedef struct {
    int descriptor;
    uint64_t length;
    uint64_t position;
    int errors;
    int warnings;
    char message[256];
} ctiff_source;

/// Starts a new account of errors and warnings.
static inline void ctiff_forget(ctiff_source *source) {
    source->errors = 0;
    source->warnings = 0;
    source->message[0] = 0;
}

/// The first message since `ctiff_forget`; an empty string if there was none. A function because
/// Swift sees the array as a tuple.
static inline const char *ctiff_message(const ctiff_source *source) { return source->message; }

static inline void ctiff_keep(ctiff_source *source, const char *format, va_list arguments) {
    if (source->message[0] == 0) {
        vsnprintf(source->message, sizeof source->message, format, arguments);
    }
}

static inline int ctiff_on_error(
    TIFF *file, void *user, const char *module, const char *format, va_list arguments) {
    (void)file;
    (void)module;
    ctiff_source *source = (ctiff_source *)user;
    // An error tells more than the warning before it.
    if (source->errors == 0) source->message[0] = 0;
    ctiff_keep(source, format, arguments);
    source->errors += 1;
    return 1;
}

static inline int ctiff_on_warning(
    TIFF *file, void *user, const char *module, const char *format, va_list arguments) {
    (void)file;
    (void)module;
    ctiff_source *source = (ctiff_source *)user;
    ctiff_keep(source, format, arguments);
    source->warnings += 1;
    return 1;
}

static inline tmsize_t ctiff_read(thandle_t handle, void *buffer, tmsize_t count) {
    ctiff_source *source = (ctiff_source *)handle;
    tmsize_t done = 0;
    while (done < count) {
        ssize_t n = pread(
            source->descriptor, (char *)buffer + done, (size_t)(count - done),
            (off_t)(source->position + (uint64_t)done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        done += n;
    }
    source->position += (uint64_t)done;
    return done;
}

static inline tmsize_t ctiff_write(thandle_t handle, void *buffer, tmsize_t count) {
    (void)handle;
    (void)buffer;
    (void)count;
    return -1;
}

static inline toff_t ctiff_seek(thandle_t handle, toff_t offset, int whence) {
    ctiff_source *source = (ctiff_source *)handle;
    if (whence == SEEK_SET) source->position = offset;
    if (whence == SEEK_CUR) source->position += offset;
    if (whence == SEEK_END) source->position = source->length + offset;
    return source->position;
}

static inline int ctiff_close(thandle_t handle) {
    (void)handle;
    return 0;
}

static inline toff_t ctiff_size(thandle_t handle) { return ((ctiff_source *)handle)->length; }

static inline int ctiff_map(thandle_t handle, void **base, toff_t *size) {
    (void)handle;
    (void)base;
    (void)size;
    return 0;
}

static inline void ctiff_unmap(thandle_t handle, void *base, toff_t size) {
    (void)handle;
    (void)base;
    (void)size;
}

/// Opens a TIFF over `source`, which outlives the handle, without reading a directory. Mode letters:
/// read, header only, no memory map (a file cut while mapped kills the process), no chopping of
/// strips (we count them ourselves). No single allocation of libtiff passes `limit` bytes.
static inline TIFF *ctiff_open(ctiff_source *source, int64_t limit) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)limit);
    TIFFOpenOptionsSetErrorHandlerExtR(options, ctiff_on_error, source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ctiff_on_warning, source);
    TIFF *file = TIFFClientOpenExt(
        "scan", "rhmc", (thandle_t)source, ctiff_read, ctiff_write, ctiff_seek, ctiff_close,
        ctiff_size, ctiff_map, ctiff_unmap, options);
    TIFFOpenOptionsFree(options);
    return file;
}

/// TIFFGetField is variadic, which Swift cannot call. Returns 1 if the page has `tag`.
static inline int ctiff_get_u32(TIFF *file, uint32_t tag, uint32_t *value) {
    return TIFFGetField(file, tag, value);
}

/// TIFFSetField is variadic, which Swift cannot call. Asks the JPEG decoder for RGB samples.
static inline int ctiff_decode_jpeg_as_rgb(TIFF *file) {
    return TIFFSetField(file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
}
