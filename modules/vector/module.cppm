// A vector: a contiguous sequence whose elements never move, on one range of reserved addresses. Re-exports seg.arena,
// whose policies are among its options.
export module seg.vector;

export import seg.arena;
// Every interface partition has to be named here; :memory exports nothing.
export import :erase;
export import :memory;
export import :options;
export import :vector;
