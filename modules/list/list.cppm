// A segmented list: a sequence with random access whose elements never move and whose iterators growth never
// invalidates. Re-exports seg.arena, whose arena it likes to live in.
export module seg.list;

export import seg.arena;
// Every interface partition has to be named here; :control and :store export nothing.
export import :algorithm;
export import :container;
export import :control;
export import :growth;
export import :iterator;
export import :segments;
export import :store;
