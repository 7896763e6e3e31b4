// A text of numbers and letters, character by character and piece by piece, in a growing buffer.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char *data; size_t length, capacity; } buffer;

static void grow(buffer *b, size_t least) {
    size_t capacity = b->capacity * 2 < 16 ? 16 : b->capacity * 2;
    if (capacity < least) capacity = least;
    b->data = realloc(b->data, capacity);
    if (!b->data) abort();
    b->capacity = capacity;
}

static inline void push(buffer *b, char c) {
    if (b->length == b->capacity) grow(b, b->length + 1);
    b->data[b->length++] = c;
}

static inline void append(buffer *b, const char *text, size_t n) {
    if (b->length + n > b->capacity) grow(b, b->length + n);
    memcpy(b->data + b->length, text, n);
    b->length += n;
}

__attribute__((noinline)) static buffer build(int64_t n) {
    buffer out = {0};
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < i % 13; j++) push(&out, (char)(97 + (i + j) % 26));
        append(&out, "; ", 2);
        push(&out, '\n');
    }
    return out;
}

int main(int argc, char **argv) {
    int64_t n = atoll(argv[1]), rounds = atoll(argv[2]), sum = 0;
    for (int64_t r = 0; r < rounds; r++) {
        buffer text = build(n + r);
        sum = (sum * 31 + (int64_t)text.length) % 1000003;
        for (size_t i = 0; i < text.length; i++) sum += (unsigned char)text.data[i];
        free(text.data);
    }
    printf("%" PRId64 "\n", sum);
    return argc < 3;
}
