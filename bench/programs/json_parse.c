// Make a JSON document of a given number of records, and read it several times into a tree of malloc'd values.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NUL, BOOL, INT, NUMBER, STRING, ARRAY, OBJECT } Kind;

typedef struct Value Value;
typedef struct Member Member;

struct Value {
    Kind kind;
    union {
        int boolean;
        int64_t integer;
        double number;
        struct { char *bytes; size_t length; } string;
        struct { Value *items; size_t length, capacity; } array;
        struct { Member *members; size_t length, capacity; } object;
    };
};

struct Member { char *name; size_t length; Value value; };

typedef struct { const char *at, *end; int depth, failed; } Reader;

static void skip_space(Reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) r->at++;
}

static int peek(Reader *r) { return r->at < r->end ? (unsigned char)*r->at : 0; }

static Value fail(Reader *r) {
    r->failed = 1;
    return (Value){.kind = NUL};
}

static int hex4(const char *s) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int c = s[i] | 32;
        if (c >= '0' && c <= '9') value = value * 16 + c - '0';
        else if (c >= 'a' && c <= 'f') value = value * 16 + c - 'a' + 10;
        else return -1;
    }
    return value;
}

static char *put_utf8(char *out, uint32_t c) {
    if (c < 0x80) {
        *out++ = c;
    } else if (c < 0x800) {
        *out++ = 0xC0 | c >> 6;
        *out++ = 0x80 | (c & 63);
    } else if (c < 0x10000) {
        *out++ = 0xE0 | c >> 12;
        *out++ = 0x80 | (c >> 6 & 63);
        *out++ = 0x80 | (c & 63);
    } else {
        *out++ = 0xF0 | c >> 18;
        *out++ = 0x80 | (c >> 12 & 63);
        *out++ = 0x80 | (c >> 6 & 63);
        *out++ = 0x80 | (c & 63);
    }
    return out;
}

// The string whose opening quote is next, in memory of its own.
static char *read_string(Reader *r, size_t *length) {
    const char *start = ++r->at;
    const char *p = start;
    int escapes = 0;
    while (p < r->end && *p != '"') {
        if ((unsigned char)*p < 32) { r->failed = 1; return NULL; }
        if (*p == '\\') { escapes = 1; p++; }
        p++;
    }
    if (p >= r->end) { r->failed = 1; return NULL; }
    r->at = p + 1;
    char *bytes = malloc(p - start + 1);
    if (!escapes) {
        memcpy(bytes, start, p - start);
        *length = p - start;
        return bytes;
    }
    char *out = bytes;
    for (const char *s = start; s < p;) {
        if (*s != '\\') { *out++ = *s++; continue; }
        s += 2;
        switch (s[-1]) {
        case 'n': *out++ = '\n'; break;
        case 't': *out++ = '\t'; break;
        case 'r': *out++ = '\r'; break;
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case '"': case '\\': case '/': *out++ = s[-1]; break;
        case 'u': {
            int code = p - s >= 4 ? hex4(s) : -1;
            s += 4;
            if (code >= 0xD800 && code < 0xDC00) {
                int low = p - s >= 6 && s[0] == '\\' && s[1] == 'u' ? hex4(s + 2) : -1;
                if (low < 0xDC00 || low > 0xDFFF) { r->failed = 1; return bytes; }
                code = (code - 0xD800) * 1024 + low - 0xDC00 + 0x10000;
                s += 6;
            } else if (code < 0 || (code >= 0xDC00 && code < 0xE000)) {
                r->failed = 1;
                return bytes;
            }
            out = put_utf8(out, code);
            break;
        }
        default: r->failed = 1; return bytes;
        }
    }
    *length = out - bytes;
    return bytes;
}

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static Value read_number(Reader *r) {
    const char *start = r->at;
    int negative = *r->at == '-';
    if (negative) r->at++;
    uint64_t size = 0;
    const char *first = r->at;
    while (peek(r) >= '0' && peek(r) <= '9') size = size * 10 + (*r->at++ - '0');
    long digits = r->at - first;
    if (digits == 0 || (digits > 1 && *first == '0')) return fail(r);
    int c = peek(r);
    if (c != '.' && c != 'e' && c != 'E' && digits <= 18) {
        return (Value){.kind = INT, .integer = negative ? -(int64_t)size : (int64_t)size};
    }
    int exponent = 0;
    if (c == '.') {
        const char *from = ++r->at;
        while (peek(r) >= '0' && peek(r) <= '9') size = size * 10 + (*r->at++ - '0');
        if (r->at == from) return fail(r);
        exponent = from - r->at;
        digits -= exponent;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        int minus = peek(r) == '-';
        if (minus || peek(r) == '+') r->at++;
        const char *from = r->at;
        int shift = 0;
        while (peek(r) >= '0' && peek(r) <= '9') shift = shift < 10000 ? shift * 10 + (*r->at - '0') : shift, r->at++;
        if (r->at == from) return fail(r);
        exponent += minus ? -shift : shift;
    }
    double value;
    if (digits <= 19 && size < 1ull << 53 && exponent >= -22 && exponent <= 22) {
        value = exponent < 0 ? (double)size / POWERS[-exponent] : (double)size * POWERS[exponent];
        if (negative) value = -value;
    } else {
        value = strtod(start, NULL);
    }
    return (Value){.kind = NUMBER, .number = value};
}

static Value read_value(Reader *r);

static Value read_array(Reader *r) {
    Value v = {.kind = ARRAY};
    r->at++;
    skip_space(r);
    if (peek(r) == ']') { r->at++; return v; }
    for (;;) {
        if (v.array.length == v.array.capacity) {
            v.array.capacity = v.array.capacity ? v.array.capacity * 2 : 4;
            v.array.items = realloc(v.array.items, v.array.capacity * sizeof(Value));
        }
        v.array.items[v.array.length++] = read_value(r);
        if (r->failed) return v;
        skip_space(r);
        int c = peek(r);
        r->at++;
        if (c == ']') return v;
        if (c != ',') return fail(r);
        skip_space(r);
    }
}

static Value read_object(Reader *r) {
    Value v = {.kind = OBJECT};
    r->at++;
    skip_space(r);
    if (peek(r) == '}') { r->at++; return v; }
    for (;;) {
        if (peek(r) != '"') return fail(r);
        size_t length = 0;
        char *name = read_string(r, &length);
        if (r->failed) return v;
        skip_space(r);
        if (peek(r) != ':') return fail(r);
        r->at++;
        skip_space(r);
        Value value = read_value(r);
        if (r->failed) return v;
        // Of equal names the last counts.
        size_t i = 0;
        while (i < v.object.length &&
               !(v.object.members[i].length == length && memcmp(v.object.members[i].name, name, length) == 0)) i++;
        if (i < v.object.length) {
            free(name);
            v.object.members[i].value = value;
        } else {
            if (v.object.length == v.object.capacity) {
                v.object.capacity = v.object.capacity ? v.object.capacity * 2 : 4;
                v.object.members = realloc(v.object.members, v.object.capacity * sizeof(Member));
            }
            v.object.members[v.object.length++] = (Member){name, length, value};
        }
        skip_space(r);
        int c = peek(r);
        r->at++;
        if (c == '}') return v;
        if (c != ',') return fail(r);
        skip_space(r);
    }
}

static Value read_value(Reader *r) {
    int c = peek(r);
    if (c == '"') {
        Value v = {.kind = STRING};
        v.string.bytes = read_string(r, &v.string.length);
        return v;
    }
    if (c == '{' || c == '[') {
        if (++r->depth > 500) return fail(r);
        Value v = c == '{' ? read_object(r) : read_array(r);
        r->depth--;
        return v;
    }
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(r);
    size_t left = r->end - r->at;
    if (left >= 4 && memcmp(r->at, "true", 4) == 0) { r->at += 4; return (Value){.kind = BOOL, .boolean = 1}; }
    if (left >= 5 && memcmp(r->at, "false", 5) == 0) { r->at += 5; return (Value){.kind = BOOL, .boolean = 0}; }
    if (left >= 4 && memcmp(r->at, "null", 4) == 0) { r->at += 4; return (Value){.kind = NUL}; }
    return fail(r);
}

static void release(Value *v) {
    if (v->kind == STRING) {
        free(v->string.bytes);
    } else if (v->kind == ARRAY) {
        for (size_t i = 0; i < v->array.length; i++) release(&v->array.items[i]);
        free(v->array.items);
    } else if (v->kind == OBJECT) {
        for (size_t i = 0; i < v->object.length; i++) {
            free(v->object.members[i].name);
            release(&v->object.members[i].value);
        }
        free(v->object.members);
    }
}

static int64_t weigh(Value *v) {
    int64_t sum = 1;
    switch (v->kind) {
    case NUL: return 1;
    case BOOL: return v->boolean ? 2 : 3;
    case INT: return v->integer % 1000;
    case NUMBER: return (int64_t)(v->number * 8.0);
    case STRING: return v->string.length;
    case ARRAY:
        for (size_t i = 0; i < v->array.length; i++) sum += weigh(&v->array.items[i]);
        return sum;
    default:
        for (size_t i = 0; i < v->object.length; i++) sum += v->object.members[i].length + weigh(&v->object.members[i].value);
        return sum;
    }
}

int main(int argc, char **argv) {
    long count = atol(argv[1]), rounds = atol(argv[2]);
    size_t capacity = 1 << 16, length = 0;
    char *text = malloc(capacity);
    uint64_t state = 42;
    text[length++] = '[';
    for (long i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t a = state >> 33, b = state >> 20 & 0xFFFF;
        if (length + 1024 > capacity) text = realloc(text, capacity *= 2);
        length += sprintf(text + length,
                          "%s\n  {\"id\": %ld, \"name\": \"user %lu\", \"email\": \"user%lu@example.com\", \"active\": %s, "
                          "\"score\": %lu.%lu, \"ratio\": -0.%lu, \"parent\": null,\n   \"tags\": [\"alpha\", \"tag\\n%lu\", "
                          "\"\\u00e9%lu\"], \"place\": {\"x\": %lu, \"y\": -%lu.5, \"zone\": \"z%lu\"}}",
                          i ? "," : "", i, a % 10000, a % 100000, a & 1 ? "true" : "false", b % 1000, a % 1000, a, b % 100,
                          b % 10, a % 5000, b, b % 7);
    }
    length += sprintf(text + length, "\n]\n");
    int64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        Reader r = {text, text + length, 0, 0};
        skip_space(&r);
        Value v = read_value(&r);
        skip_space(&r);
        if (r.failed || r.at != r.end) return 1;
        sum += weigh(&v);
        release(&v);
    }
    printf("%zu %ld\n", length, (long)sum);
    free(text);
}
