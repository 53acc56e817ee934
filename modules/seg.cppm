// Exports all modules of the library, except seg.standard.
export module seg;

export import seg.arena;
export import seg.list;
export import seg.sys;
export import seg.vector;
