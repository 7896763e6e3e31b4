#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static long place(long row, long n, bool *columns, bool *rising, bool *falling) {
    if (row == n) return 1;
    long ways = 0;
    for (long c = 0; c < n; c++) {
        if (columns[c] || rising[row + c] || falling[row - c + n - 1]) continue;
        columns[c] = rising[row + c] = falling[row - c + n - 1] = true;
        ways += place(row + 1, n, columns, rising, falling);
        columns[c] = rising[row + c] = falling[row - c + n - 1] = false;
    }
    return ways;
}

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    bool *columns = calloc(n, 1), *rising = calloc(2 * n, 1), *falling = calloc(2 * n, 1);
    printf("%ld\n", place(0, n, columns, rising, falling));
    free(columns), free(rising), free(falling);
}
