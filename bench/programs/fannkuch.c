#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    long *perm = malloc(n * sizeof *perm), *work = malloc(n * sizeof *work), *count = malloc(n * sizeof *count);
    for (long i = 0; i < n; i++) perm[i] = i;
    long checksum = 0, most = 0, permutation = 0, r = n;
    for (;;) {
        while (r != 1) {
            count[r - 1] = r;
            r--;
        }
        for (long i = 0; i < n; i++) work[i] = perm[i];
        long flips = 0;
        for (;;) {
            long k = work[0];
            if (k == 0) break;
            for (long i = 0, j = k; i < j; i++, j--) {
                long t = work[i];
                work[i] = work[j];
                work[j] = t;
            }
            flips++;
        }
        if (flips > most) most = flips;
        checksum += permutation % 2 == 0 ? flips : -flips;
        for (;;) {
            if (r == n) {
                printf("%ld\nPfannkuchen(%ld) = %ld\n", checksum, n, most);
                free(perm), free(work), free(count);
                return 0;
            }
            long first = perm[0];
            for (long i = 0; i < r; i++) perm[i] = perm[i + 1];
            perm[r] = first;
            if (--count[r] > 0) break;
            r++;
        }
        permutation++;
    }
}
