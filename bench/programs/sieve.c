#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    long n = atol(argv[1]);
    bool *is_prime = malloc(n + 1);
    for (long i = 0; i <= n; i++) is_prime[i] = true;
    is_prime[0] = is_prime[1] = false;
    for (long i = 2; i * i <= n; i++)
        if (is_prime[i])
            for (long j = i * i; j <= n; j += i) is_prime[j] = false;
    long count = 0;
    for (long i = 0; i <= n; i++)
        if (is_prime[i]) count++;
    printf("%ld\n", count);
    free(is_prime);
}
