# Shows program.cpp's objects in lldb.
import lldb


def show(debugger, *variables):
    frame = debugger.GetSelectedTarget().GetProcess().GetSelectedThread().GetSelectedFrame()
    for variable in variables:
        result = lldb.SBCommandReturnObject()
        command = f"frame variable --depth 9 {variable}"
        debugger.GetCommandInterpreter().HandleCommand(command, lldb.SBExecutionContext(frame), result)
        print((result.GetOutput() + result.GetError()).rstrip())


def go_to(debugger, function):
    print(f"\n{function}")
    target = debugger.GetSelectedTarget()
    target.BreakpointCreateByName(function)
    process = target.GetProcess()
    if process.IsValid():
        process.Continue()
    else:
        target.LaunchSimple(None, None, None)


def __lldb_init_module(debugger, dictionary):
    debugger.SetAsync(False)
    debugger.HandleCommand("settings set target.max-children-count 8")

    go_to(debugger, "show_lists")
    show(debugger, "few", "many", "empty", "moved_from", "cleared", "many[3]", "many[999]")

    go_to(debugger, "show_kinds")
    show(debugger, "small_segments", "small_segments[19]", "one_segment", "many_segments", "many_segments[299999]")
    show(debugger, "large_segments", "large_segments[39999]", "aligned")
    show(debugger, "inside.numbers", "inside.lists", "inside.lists[0]", "inside.tree")

    go_to(debugger, "show_invalid")
    show(debugger, "uninitialised", "misread", "stale", "no_iterator", "no_vector")

    go_to(debugger, "show_iterators")
    show(debugger, "first", "later", "of_limited", "past_full", "singular", "later.element")

    go_to(debugger, "show_runs")
    show(debugger, "all", "part", "of_limited", "none")

    go_to(debugger, "show_memory")
    show(debugger, "arena", "arena.blocks", "unused", "in_arena", "in_arena[1]", "in_resource", "vector", "vector[1]")

    debugger.GetSelectedTarget().GetProcess().Kill()
