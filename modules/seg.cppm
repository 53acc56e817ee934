// Exports all modules of the library.
export module seg;

export import seg.arena;
export import seg.list;
export import seg.sys;
export import seg.vector;
