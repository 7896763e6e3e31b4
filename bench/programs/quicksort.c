#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void sort(int64_t *xs, long low, long high) {
    long i = low, j = high;
    int64_t pivot = xs[(low + high) / 2];
    while (i <= j) {
        while (xs[i] < pivot) i++;
        while (xs[j] > pivot) j--;
        if (i <= j) {
            int64_t t = xs[i];
            xs[i] = xs[j];
            xs[j] = t;
            i++;
            j--;
        }
    }
    if (low < j) sort(xs, low, j);
    if (i < high) sort(xs, i, high);
}

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    int64_t *xs = malloc(n * sizeof *xs);
    uint64_t state = 42, checksum = 0;
    for (long i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        xs[i] = (int64_t)(state >> 33);
    }
    sort(xs, 0, n - 1);
    for (long i = 0; i < n; i++) checksum = checksum * 31 + (uint64_t)xs[i];
    printf("%" PRId64 " %" PRId64 " %" PRId64 " %" PRIu64 "\n", xs[0], xs[n / 2], xs[n - 1], checksum);
    free(xs);
}
