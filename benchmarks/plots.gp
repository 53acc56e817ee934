# Draws every <folder>/<plot>.plot as <folder>/<plot>.svg, both axes logarithmic:
#
#     gnuplot -e "folder='...'" -e "scripts='...'" plots.gp
#
# The background stays transparent, and all colours, the text's too, can be read on white and on black.
set terminal svg size 880,540 dynamic noenhanced font "Helvetica,Arial,sans-serif,14"
ink = "#7d8590"

set border 3 linecolor rgb ink linewidth 0.8
set tics nomirror textcolor rgb ink
set grid ytics linecolor rgb ink linewidth 0.25 dashtype 3
set key at screen 0.71, graph 1 left top vertical Left reverse samplen 1.8 spacing 1.2 textcolor rgb ink
set logscale xy
set format x "%.0s%c"
set ytics (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
set autoscale yfix
set offsets 0, 0, graph 0.06, graph 0.03
set lmargin at screen 0.095
set rmargin at screen 0.69
set xlabel "elements" textcolor rgb ink
set ylabel textcolor rgb ink
set title textcolor rgb ink

# Where so many bytes of elements end, with a name.
bytes_in(cache) = 1024. * system("tr -d K 2>/dev/null </sys/devices/system/cpu/cpu0/cache/index".cache."/size || echo 0")
array limits[5]
limits[1] = 4096.
limits[2] = bytes_in(0)
limits[3] = bytes_in(2)
limits[4] = 2097152.
limits[5] = bytes_in(3)
array limit_names[5] = ["page", "L1", "L2", "huge page", "L3"]

begin = scripts."/plot_begin.gp"
do for [file in system("ls ".folder."/*.plot")] { load file }
