// A segmented list: a sequence with random access that grows without moving an element. Growing invalidates no iterator
// but the past-the-end iterator. Re-exports seg.arena.
export module seg.list;

export import seg.arena;
// Every interface partition has to be named here. Those below :segments export nothing.
export import :algorithm;
export import :erase;
export import :iterator;
export import :layout;
export import :list;
export import :segments;
export import :control;
export import :insertion;
export import :position;
export import :stack;
export import :storage;
