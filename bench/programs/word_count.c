// The twin of word_count.luma: a hash table of slices of the text with open addressing and FNV-1a.

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *start;
    size_t length;
    uint64_t hash;
    int64_t count;
} Entry;

typedef struct {
    Entry *entries;
    size_t capacity, used;
} Table;

static uint64_t state = 42;

static uint64_t random_below(uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static size_t generate(char *text, size_t size) {
    size_t length = 0, words = 0;
    while (length < size) {
        uint64_t a = random_below(60000);
        uint64_t k = a * random_below(60000) / 60000;
        for (uint64_t n = k + 1; n > 0; n /= 26) text[length++] = (char)(97 + n % 26);
        for (uint64_t i = 0; i < k % 8; i++) text[length++] = (char)(97 + (k * 7 + i) % 26);
        words++;
        text[length++] = words % 12 == 0 ? '\n' : ' ';
    }
    return length;
}

static Entry *find(Table *table, const char *start, size_t length, uint64_t hash) {
    size_t mask = table->capacity - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        Entry *entry = &table->entries[at];
        if (!entry->start) return entry;
        if (entry->hash == hash && entry->length == length && memcmp(entry->start, start, length) == 0) return entry;
    }
}

static void count_word(Table *table, const char *start, size_t length) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)start[i]) * 1099511628211u;
    if (table->used * 2 >= table->capacity) {
        Table next = {calloc(table->capacity * 2, sizeof(Entry)), table->capacity * 2, table->used};
        for (size_t i = 0; i < table->capacity; i++) {
            Entry *old = &table->entries[i];
            if (old->start) *find(&next, old->start, old->length, old->hash) = *old;
        }
        free(table->entries);
        *table = next;
    }
    Entry *entry = find(table, start, length, hash);
    if (!entry->start) {
        *entry = (Entry){start, length, hash, 0};
        table->used++;
    }
    entry->count++;
}

static int compare(const void *left, const void *right) {
    const Entry *a = left, *b = right;
    if (a->count != b->count) return a->count < b->count ? 1 : -1;
    size_t n = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->start, b->start, n);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

int main(int argc, char **argv) {
    size_t size = (size_t)atoll(argv[1]);
    int rounds = atoi(argv[2]);
    char *text = malloc(size + 64);
    size_t length = generate(text, size), total = 0;
    Table table = {0};
    for (int round = 0; round < rounds; round++) {
        free(table.entries);
        table = (Table){calloc(64, sizeof(Entry)), 64, 0};
        size_t at = 0;
        for (;;) {
            while (at < length && isspace((unsigned char)text[at])) at++;
            if (at == length) break;
            size_t start = at;
            while (at < length && !isspace((unsigned char)text[at])) at++;
            count_word(&table, text + start, at - start);
            total++;
        }
    }
    printf("%zu %zu %zu\n", length, total, table.used);
    Entry *pairs = malloc(table.used * sizeof(Entry));
    size_t kept = 0;
    for (size_t i = 0; i < table.capacity; i++)
        if (table.entries[i].start) pairs[kept++] = table.entries[i];
    qsort(pairs, kept, sizeof(Entry), compare);
    for (size_t i = 0; i < kept && i < 10; i++)
        printf("%.*s %lld\n", (int)pairs[i].length, pairs[i].start, (long long)pairs[i].count);
    free(pairs);
    free(table.entries);
    free(text);
}
