#define _DEFAULT_SOURCE
#include "c_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- the allocator: blocks of 4096 << k bytes, each one mapping */

enum { max_blocks = 55, first_block = 4096, growth = 2 };

struct c_bump {
    size_t current; /* the block that requests are met from */
    size_t used;    /* bytes of it */
    size_t blocks;
    char* memory[max_blocks];
    size_t bytes[max_blocks];
};

static void require(int condition, const char* what) {
    if (condition) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void add_block(c_bump* bump, size_t least) {
    require(bump->blocks < max_blocks, "out of blocks");
    size_t bytes = bump->blocks == 0 ? first_block : bump->bytes[bump->blocks - 1] * growth;
    while (bytes < least) bytes *= growth;
    void* const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "no memory for a block");
    bump->memory[bump->blocks] = memory;
    bump->bytes[bump->blocks++] = bytes;
}

c_bump* c_bump_new(void) {
    c_bump* const bump = calloc(1, sizeof *bump);
    require(bump != NULL, "no memory for an allocator");
    add_block(bump, first_block);
    return bump;
}

void c_bump_reset(c_bump* bump) { bump->current = bump->used = 0; }

void c_bump_delete(c_bump* bump) {
    for (size_t i = 0; i != bump->blocks; ++i) munmap(bump->memory[i], bump->bytes[i]);
    free(bump);
}

size_t c_bump_used(const c_bump* bump) { return bump->used; }

/* Blocks are page aligned, so no alignment within a page needs more room at their beginning. */
static __attribute__((noinline, cold)) void* request_from_next_block(c_bump* bump, size_t bytes) {
    do {
        if (++bump->current == bump->blocks) add_block(bump, bytes);
    } while (bytes > bump->bytes[bump->current]);
    bump->used = bytes;
    return bump->memory[bump->current];
}

static inline void* request(c_bump* bump, size_t bytes, size_t alignment) {
    const size_t position = (bump->used + alignment - 1) & ~(alignment - 1);
    if (position + bytes > bump->bytes[bump->current]) return request_from_next_block(bump, bytes);
    bump->used = position + bytes;
    return bump->memory[bump->current] + position;
}

void* c_bump_request(c_bump* bump, size_t bytes, size_t alignment) { return request(bump, bytes, alignment); }

/* ---- the list */

enum { list_first = 8, list_blocks = 24 };

#define LIST(TYPE)                                                                                                     \
    struct {                                                                                                           \
        TYPE** blocks;                                                                                                 \
        size_t length;                                                                                                 \
    }

/* Where an element lies: with 8 added, every block begins at a power of two. */
typedef struct {
    size_t block;
    size_t offset;
} list_place;

static inline list_place place_of(size_t i) {
    const size_t j = i + list_first;
    const size_t block = 60 - (size_t)__builtin_clzll(j); /* the position of the highest bit of j, less that of 8 */
    return (list_place){block, j - ((size_t)list_first << block)};
}

/* A table of null pointers: the allocator's memory may have been used before. */
static __attribute__((noinline)) void* new_table(c_bump* bump) {
    void* const table = request(bump, list_blocks * sizeof(void*), sizeof(void*));
    memset(table, 0, list_blocks * sizeof(void*));
    return table;
}

#define LIST_append(LIST, BUMP, ELEMENT)                                                                               \
    do {                                                                                                               \
        if ((LIST)->blocks == NULL) (LIST)->blocks = new_table(BUMP);                                                  \
        const list_place at = place_of((LIST)->length);                                                                \
        require(at.block < list_blocks, "the list is full");                                                           \
        if ((LIST)->blocks[at.block] == NULL)                                                                          \
            (LIST)->blocks[at.block] =                                                                                 \
                request(BUMP, ((size_t)list_first << at.block) * sizeof(**(LIST)->blocks), _Alignof(max_align_t));     \
        (LIST)->blocks[at.block][at.offset] = (ELEMENT);                                                               \
        ++(LIST)->length;                                                                                              \
    } while (0)

#define LIST_get(LIST, I) ((LIST)->blocks[place_of(I).block][place_of(I).offset])

/* The stores have to be made, since whoever knows the address of an element might look. */
static inline void seen(void* address) { __asm__ volatile("" : : "r"(address) : "memory"); }

static inline uint64_t key_at(size_t i) { return i * UINT64_C(0x9E3779B97F4A7C15) + 1; }

uint64_t c_list_life_of_numbers(c_bump* bump, size_t n) {
    LIST(uint64_t) list = {0};
    for (size_t i = 0; i != n; ++i) LIST_append(&list, bump, key_at(i));
    seen(list.blocks[0]);
    return LIST_get(&list, list.length - 1) + list.length;
}

/* The same for a record of so many words, of which the first is its key. */
#define LIFE_OF_RECORDS(NAME, WORDS)                                                                                   \
    uint64_t NAME(c_bump* bump, size_t n) {                                                                            \
        typedef struct {                                                                                               \
            uint64_t key;                                                                                              \
            uint64_t rest[WORDS - 1];                                                                                  \
        } record;                                                                                                      \
        LIST(record) list = {0};                                                                                       \
        for (size_t i = 0; i != n; ++i) LIST_append(&list, bump, ((record){.key = key_at(i)}));                        \
        seen(list.blocks[0]);                                                                                          \
        return LIST_get(&list, list.length - 1).key + list.length;                                                     \
    }
LIFE_OF_RECORDS(c_list_life_of_nodes, 5)
LIFE_OF_RECORDS(c_list_life_of_records, 13)

typedef struct {
    unsigned char* bytes;
    size_t size;
} blob_copy;

static blob_copy clone(c_bump* bump, const unsigned char* bytes, size_t size) {
    unsigned char* const copy = request(bump, size, 16);
    memcpy(copy, bytes, size);
    return (blob_copy){copy, size};
}

uint64_t c_list_life_of_blobs(c_bump* bump, size_t n, const unsigned char* bytes, size_t size) {
    LIST(blob_copy) list = {0};
    uint64_t sum = 0;
    for (size_t i = 0; i != n; ++i) LIST_append(&list, bump, clone(bump, bytes, size));
    for (size_t i = 0; i != n; ++i) sum += LIST_get(&list, i).bytes[size - 1] + LIST_get(&list, i).size;
    return sum;
}

size_t c_list_bytes_of_one_number(void) {
    c_bump* const bump = c_bump_new();
    LIST(uint64_t) list = {0};
    LIST_append(&list, bump, 1);
    const size_t used = bump->used;
    c_bump_delete(bump);
    return used;
}
