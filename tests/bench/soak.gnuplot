# gnuplot -e "folder='…'" soak.gnuplot: soak.csv as soak.svg, in the same folder.
set datafile separator ','
set terminal svg size 900,1000 font 'DejaVu Sans,11' background '#ffffff'
set output folder.'/soak.svg'
data = folder.'/soak.csv'
set multiplot layout 5,1 margins 0.09,0.97,0.05,0.97 spacing 0,0.05
set grid ytics lc rgb '#dddddd'
set xrange [0:*]
set yrange [0:*]
set key outside top center horizontal
unset xtics
set ylabel 'ms'
set logscale y
set yrange [0.1:*]
plot data using 1:2 with lines lw 2 title 'ack p50', data using 1:3 with lines lw 1 title 'ack p99'
unset logscale y
set yrange [0:*]
set ylabel 'MiB'
plot data using 1:5 with lines lw 2 title 'resident', data using 1:6 with lines lw 2 title 'WAL'
set ylabel 'rows'
plot data using 1:11 with lines lw 2 title 'requests in review', data using 1:10 with lines lw 1 title 'effects waiting'
set ylabel 'descriptors'
plot data using 1:8 with lines lw 2 title 'open files'
set xtics
set xlabel 'minutes'
set ylabel 'thousand rows'
plot data using 1:($9/1000) with lines lw 2 title 'inbox (kept for a week)'
unset multiplot
