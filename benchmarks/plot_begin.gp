# What a .plot does once it has said its name, the size of an element and the last number of them: opens the file, and
# marks where caches and pages end.
set output folder."/".name.".svg"
unset arrow
unset label
do for [k = 1:5] {
    if (limits[k] > 0 && limits[k] / element < last) {
        set arrow k from limits[k] / element, graph 0 to limits[k] / element, graph 1 nohead \
            linecolor rgb ink linewidth 0.5 dashtype 2
        # Below the name of another one that is hardly smaller.
        height = k > 1 && limits[k] < 1.5 * limits[k - 1] ? 0.92 : 0.98
        set label k limit_names[k] at limits[k] / element, graph height rotate by 90 right offset -0.6, 0 \
            textcolor rgb ink font ",11"
    }
}
