#include <stdio.h>
#include <stdlib.h>

static double *multiply(const double *a, const double *b, long n) {
    double *c = malloc(n * n * sizeof *c);
    for (long i = 0; i < n * n; i++) c[i] = 0;
    for (long i = 0; i < n; i++)
        for (long k = 0; k < n; k++) {
            double x = a[i * n + k];
            for (long j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
        }
    return c;
}

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    double *a = malloc(n * n * sizeof *a), *b = malloc(n * n * sizeof *b), sum = 0;
    for (long i = 0; i < n * n; i++) a[i] = (double)(i % 7) + 0.5;
    for (long i = 0; i < n * n; i++) b[i] = (double)(i % 5) - 1.5;
    for (int k = 0; k < 4; k++) {
        double *c = multiply(a, b, n);
        for (long i = 0; i < n * n; i++) sum += c[i];
        free(c);
        a[0] += 1;
    }
    printf("%.3f\n", sum);
    free(a), free(b);
}
