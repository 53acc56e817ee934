/* The seed's bump allocator and segmented list, written anew in C after the article's description, without its defects:
   the first block is unmapped with its size, a request larger than the next block gets one that fits, a request that
   fits exactly fits, the alignment asked for is kept, and a reset keeps the blocks for the next round.

   The macros are the article's: a list of 24 blocks of 8 << k elements, whose table is allocated with the first element,
   both indexed by the position of the highest bit. The functions below are whole rounds, since macros are no interface. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct c_bump c_bump;

c_bump* c_bump_new(void);
/* Keeps the memory for the next round. */
void c_bump_reset(c_bump* bump);
void c_bump_delete(c_bump* bump);
/* bytes at a multiple of alignment, a power of two. Ends the program when there is no memory, as the article does. */
void* c_bump_request(c_bump* bump, size_t bytes, size_t alignment);
size_t c_bump_used(const c_bump* bump);

/* The life of a list of n numbers, nodes of 40 bytes or records of 104 bytes: the last one's key and n, added up. */
uint64_t c_list_life_of_numbers(c_bump* bump, size_t n);
uint64_t c_list_life_of_nodes(c_bump* bump, size_t n);
uint64_t c_list_life_of_records(c_bump* bump, size_t n);
/* n copies of a blob of so many bytes, whose bytes lie in the bump allocator too. */
uint64_t c_list_life_of_blobs(c_bump* bump, size_t n, const unsigned char* blob, size_t bytes);

/* What an empty list and one of a single number have taken from the allocator. */
size_t c_list_bytes_of_one_number(void);

#ifdef __cplusplus
}
#endif
