// What compile_time compiles: nothing.
