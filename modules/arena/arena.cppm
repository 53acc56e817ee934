// A segmented bump allocator on the system calls of seg.sys, and standard allocators over it.
export module seg.arena;

export import seg.sys;
export import :allocator;
export import :bump;
export import :poison;
export import :resource;
