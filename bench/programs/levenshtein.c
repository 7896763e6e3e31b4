#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static long least(long a, long b) { return b < a ? b : a; }

static long distance(const uint8_t *a, long m, const uint8_t *b, long n) {
    long *row = malloc((n + 1) * sizeof *row);
    for (long j = 0; j <= n; j++) row[j] = j;
    for (long i = 0; i < m; i++) {
        long diagonal = row[0];
        row[0] = i + 1;
        for (long j = 0; j < n; j++) {
            long cost = a[i] == b[j] ? 0 : 1;
            long next = least(least(row[j + 1] + 1, row[j] + 1), diagonal + cost);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    long result = row[n];
    free(row);
    return result;
}

static uint8_t *text(long n, uint32_t seed) {
    uint32_t state = seed;
    uint8_t *out = malloc(n);
    for (long i = 0; i < n; i++) {
        state = state * 1103515245u + 12345u;
        out[i] = 97 + (state >> 16 & 15);
    }
    return out;
}

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    uint8_t *a = text(n, 1), *b = text(n, 2);
    printf("%ld\n", distance(a, n, b, n));
    free(a), free(b);
}
