#include <stdio.h>
#include <stdlib.h>

static long escape_time(double cr, double ci, long limit) {
    double zr = 0, zi = 0;
    for (long k = 0; k < limit; k++) {
        double r2 = zr * zr, i2 = zi * zi;
        if (r2 + i2 > 4) return k;
        zi = 2 * zr * zi + ci;
        zr = r2 - i2 + cr;
    }
    return limit;
}

int main(int argc, char **argv) {
    long n = atol(argv[1]), inside = 0, total = 0;
    for (long y = 0; y < n; y++) {
        double ci = 2.0 * (double)y / (double)n - 1.0;
        for (long x = 0; x < n; x++) {
            double cr = 2.0 * (double)x / (double)n - 1.5;
            long time = escape_time(cr, ci, 50);
            if (time == 50) inside++;
            total += time;
        }
    }
    printf("%ld %ld\n", inside, total);
}
