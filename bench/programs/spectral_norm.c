#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double entry(long i, long j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(long n, const double *v, double *out) {
    for (long i = 0; i < n; i++) {
        double sum = 0;
        for (long j = 0; j < n; j++) sum += entry(i, j) * v[j];
        out[i] = sum;
    }
}

static void times_transposed(long n, const double *v, double *out) {
    for (long i = 0; i < n; i++) {
        double sum = 0;
        for (long j = 0; j < n; j++) sum += entry(j, i) * v[j];
        out[i] = sum;
    }
}

static void times_both(long n, const double *v, double *out, double *scratch) {
    times(n, v, scratch);
    times_transposed(n, scratch, out);
}

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *scratch = malloc(n * sizeof *scratch);
    for (long i = 0; i < n; i++) u[i] = 1;
    for (int k = 0; k < 10; k++) {
        times_both(n, u, v, scratch);
        times_both(n, v, u, scratch);
    }
    double dot = 0, square = 0;
    for (long i = 0; i < n; i++) {
        dot += u[i] * v[i];
        square += v[i] * v[i];
    }
    printf("%.9f\n", sqrt(dot / square));
    free(u), free(v), free(scratch);
}
