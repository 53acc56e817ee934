# Shows program.cpp's objects in gdb.
import gdb


def go_to(function):
    print(f"\n{function}")
    gdb.execute(f"tbreak {function}", to_string=True)
    gdb.execute("continue" if gdb.selected_inferior().pid else "run", to_string=True)


def show(*expressions):
    for expression in expressions:
        print(f"{expression}: ", end="", flush=True)
        try:
            gdb.execute(f"output {expression}")
        except gdb.error as error:
            print(error)
        print(flush=True)


gdb.execute("set suppress-cli-notifications on")
gdb.execute("set width 0")
gdb.execute("set print elements 8")
gdb.execute("set print address off")

go_to("show_lists")
show("few", "many", "empty", "moved_from", "cleared")
show("many[3]", "many[999]", "*&many[700]", "many.at(500)", "many.size()", "many.front()", "many.back()")
show("empty.empty()", "empty.size()", "few.empty()", "few[1] + few.size()")
show("many[1000]", "many[-1]", "empty.front()")

go_to("show_kinds")
show("small_segments", "small_segments[19]", "one_segment", "many_segments", "many_segments[299999]")
show("large_segments", "large_segments[39999]", "aligned")
show("inside.numbers", "inside.lists", "inside.lists[0][1]", "inside.tree", "inside.tree.children[0]")

go_to("show_invalid")
show("uninitialised", "misread", "stale", "no_iterator", "no_vector", "uninitialised.size()")

go_to("show_iterators")
show("first", "later", "of_limited", "past_full", "singular")

go_to("show_runs")
show("all", "part", "of_limited", "none")

go_to("show_memory")
show("arena", "unused", "in_arena", "in_arena[1]", "in_resource", "vector", "vector[1]", "vector.size()")

gdb.execute("kill", to_string=True)
