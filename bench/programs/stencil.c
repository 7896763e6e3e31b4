#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void step(const double *source, double *target, long n) {
    for (long y = 1; y < n - 1; y++)
        for (long x = 1; x < n - 1; x++) {
            long i = y * n + x;
            target[i] = 0.2 * (source[i] + source[i - 1] + source[i + 1] + source[i - n] + source[i + n]);
        }
}

int main(int argc, char **argv) {
    long n = atol(argv[1]), rounds = atol(argv[2]);
    double *a = calloc(n * n, sizeof *a), *b = malloc(n * n * sizeof *b);
    for (long i = 0; i < n; i++) {
        a[i] = 1;
        a[(n - 1) * n + i] = 2;
    }
    memcpy(b, a, n * n * sizeof *a);
    for (long k = 0; k < rounds; k++) {
        step(a, b, n);
        double *t = a;
        a = b;
        b = t;
    }
    double sum = 0;
    for (long i = 0; i < n * n; i++) sum += a[i];
    printf("%.6f\n", sum);
    free(a), free(b);
}
