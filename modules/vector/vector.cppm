// A vector in one piece of reserved addresses: a contiguous sequence whose elements never move. Re-exports seg.arena,
// whose options of memory it shares.
export module seg.vector;

export import seg.arena;
// Every interface partition has to be named here; :memory exports nothing.
export import :container;
export import :memory;
export import :options;
