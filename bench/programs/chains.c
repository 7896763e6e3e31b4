// What chains of map, filter and fold over an array come to, as loops by hand.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static int64_t mixed(const int64_t *xs, int64_t n, int64_t k) {
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t y = xs[i] * k + 1;
        if ((y & 3) != 0) sum += y ^ (y >> 7);
    }
    return sum;
}

__attribute__((noinline)) static double above(const double *xs, int64_t n, double limit) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double y = xs[i] * 0.5;
        if (y > limit) sum += y * y;
    }
    return sum;
}

int main(int argc, char **argv) {
    int64_t n = atoll(argv[1]), rounds = atoll(argv[2]);
    int64_t *xs = malloc(n * sizeof *xs);
    double *ys = malloc(n * sizeof *ys);
    for (int64_t i = 0; i < n; i++) {
        xs[i] = i * 7919 % 1000003;
        ys[i] = (double)xs[i];
    }
    int64_t total = 0;
    double squares = 0;
    for (int64_t k = 1; k <= rounds; k++) {
        total += mixed(xs, n, k);
        squares += above(ys, n, (double)k);
    }
    printf("%" PRId64 "\n%.3f\n", total, squares);
    return argc < 3;
}
