// A segmented bump allocator on the system calls of seg.sys, and standard allocators over it.
export module seg.arena;

export import seg.sys;
// Every interface partition has to be named here; :block, :blocks, :cleanup, :mapping and :watch export nothing.
export import :adaptor;
export import :allocator;
export import :arena;
export import :block;
export import :block_cache;
export import :blocks;
export import :cleanup;
export import :counting;
export import :failure;
export import :mapping;
export import :options;
export import :reservation;
export import :resource;
export import :sequence;
export import :source;
export import :tracing;
export import :watch;
