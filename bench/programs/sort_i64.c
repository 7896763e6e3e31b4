// The twin of sort_i64.luma: the standard library's qsort.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv) {
    size_t n = (size_t)atoll(argv[1]);
    uint64_t state = 42, sum = 0;
    int64_t *xs = malloc(n * sizeof *xs);
    for (size_t i = 0; i < n; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        xs[i] = (int64_t)state;
    }
    qsort(xs, n, sizeof *xs, compare);
    for (size_t i = 0; i < n; i++) sum = sum * 31 + (uint64_t)xs[i];
    printf("%lld %lld %lld %llu\n", (long long)xs[0], (long long)xs[n / 2], (long long)xs[n - 1], (unsigned long long)sum);
    free(xs);
}
