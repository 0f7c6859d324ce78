#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors with longjmp, which must not cross Swift frames: each function here sets its
// own jump target, does one whole task and returns a status.

/// A PNG's size and meaning.
typedef struct {
    uint32_t width;
    uint32_t height;
    int bit_depth;
    int color_type;
    /// Pixels per unit along x and y; 0 if the file does not say.
    uint32_t x_per_unit;
    uint32_t y_per_unit;
    /// Whether the unit is the metre.
    int is_metre;
} cpng_header;

/// What went wrong, in one line.
typedef struct {
    char text[128];
} cpng_message;

/// Swift sees the array as a tuple.
static inline const char *cpng_text(const cpng_message *message) { return message->text; }

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
} cpng_input;

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} cpng_output;

static inline void cpng_on_error(png_structp png, png_const_charp text) {
    cpng_message *message = (cpng_message *)png_get_error_ptr(png);
    snprintf(message->text, sizeof message->text, "%s", text);
    png_longjmp(png, 1);
}

static inline void cpng_on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static inline void cpng_take(png_structp png, png_bytep target, size_t count) {
    cpng_input *input = (cpng_input *)png_get_io_ptr(png);
    if (count > input->count - input->position) png_error(png, "the file is cut");
    memcpy(target, input->bytes + input->position, count);
    input->position += count;
}

static inline void cpng_give(png_structp png, png_bytep source, size_t count) {
    cpng_output *output = (cpng_output *)png_get_io_ptr(png);
    if (count > output->capacity - output->count) {
        size_t capacity = (output->capacity + count) * 2;
        uint8_t *bytes = (uint8_t *)realloc(output->bytes, capacity);
        if (!bytes) png_error(png, "out of memory");
        output->bytes = bytes;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, source, count);
    output->count += count;
}

static inline void cpng_flush(png_structp png) { (void)png; }

/// Reads what comes before the pixels and, if `pixels` is not NULL, the pixels and what follows.
/// Samples of fewer than 8 bits become a byte each without being rescaled, palettes become RGB, and
/// 16-bit samples come in little-endian order. With `pixels`, `header` is what an earlier call without
/// found and `row_bytes` what a row of the result takes. Returns 1, or 0 with a message.
__attribute__((noinline)) static int cpng_read(
    const uint8_t *bytes, size_t count, cpng_header *header, uint8_t *pixels, size_t row_bytes,
    cpng_message *message) {
    cpng_input input = {bytes, count, 0};
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, message, cpng_on_error, cpng_on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        snprintf(message->text, sizeof message->text, "out of memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return 0;
    }
    png_set_read_fn(png, &input, cpng_take);
    // Our caller compares width and height with the file's length.
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    // No text, profile or other extra needs more.
    png_set_chunk_malloc_max(png, 8 << 20);
    png_read_info(png, info);
    uint32_t width = png_get_image_width(png, info);
    uint32_t height = png_get_image_height(png, info);
    // The memory for pixels was measured by an earlier look at the header.
    if (pixels && (width != header->width || height != header->height)) {
        png_error(png, "it has changed since it was opened");
    }
    header->width = width;
    header->height = height;
    header->bit_depth = png_get_bit_depth(png, info);
    header->color_type = png_get_color_type(png, info);
    int unit = PNG_RESOLUTION_UNKNOWN;
    header->x_per_unit = 0;
    header->y_per_unit = 0;
    png_get_pHYs(png, info, &header->x_per_unit, &header->y_per_unit, &unit);
    header->is_metre = unit == PNG_RESOLUTION_METER;
    if (pixels) {
        png_set_packing(png);
        if (header->color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
        if (header->bit_depth == 16) png_set_swap(png);
        int passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "rows of another length");
        for (int pass = 0; pass < passes; pass++) {
            for (uint32_t y = 0; y < height; y++) {
                png_read_row(png, pixels + (size_t)y * row_bytes, NULL);
            }
        }
        png_read_end(png, NULL);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
}

/// Writes grey or RGB pixels of 8 or 16 bits, little-endian, as a PNG in memory that the caller
/// frees. A resolution of 0 is not written. Returns 1, or 0 with a message and nothing to free.
__attribute__((noinline)) static int cpng_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int bit_depth, int channels,
    uint32_t x_per_metre, uint32_t y_per_metre, cpng_output *output, cpng_message *message) {
    output->bytes = NULL;
    output->count = 0;
    output->capacity = 0;
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, message, cpng_on_error, cpng_on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        snprintf(message->text, sizeof message->text, "out of memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        free(output->bytes);
        output->bytes = NULL;
        return 0;
    }
    png_set_write_fn(png, output, cpng_give, cpng_flush);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(
        png, info, width, height, bit_depth, channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (x_per_metre && y_per_metre) {
        png_set_pHYs(png, info, x_per_metre, y_per_metre, PNG_RESOLUTION_METER);
    }
    png_write_info(png, info);
    if (bit_depth == 16) png_set_swap(png);
    size_t row_bytes = (size_t)width * (size_t)channels * (size_t)(bit_depth / 8);
    for (uint32_t y = 0; y < height; y++) {
        png_write_row(png, pixels + (size_t)y * row_bytes);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 1;
}
