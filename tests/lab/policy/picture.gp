# SPDX-License-Identifier: GPL-2.0-only
# gnuplot -e "paired='FILE.csv'; workloads='one all ...'; policies='any-pending ...'" picture.gp >FILE.svg
# For each workload a group, for each policy a bar: the difference to stock with its standard error.
set terminal svg size 1000,1080 dynamic background '#ffffff' font 'sans-serif,13'
set datafile separator ','
set multiplot layout 3,1 title "Difference to the stock policy, paired by seed (lines: standard error)"
set style fill solid 0.8 noborder
set grid y linecolor '#dddddd'
set ylabel 'percent'
set xrange [0.4:words(workloads)+0.6]
set xtics nomirror ()
do for [i=1:words(workloads)] { set xtics add (word(workloads, i) i) }
set xzeroaxis linetype 1 linecolor '#444444'
set key outside right top
array colours[5] = ['#888888', '#4477aa', '#66ccee', '#cc6677', '#228833']
width = 0.8 / words(policies)
place(w, p) = w + (p - (words(policies) + 1) / 2.0) * width
column_of(f, w, p) = sprintf("<awk -F, '$1 == \"%s\" && $2 == \"%s\" && $3 == \"%s\"' %s", \
	word(workloads, w), word(policies, p), f, paired)
do for [f in 'ack_ns wait_ns done_ns'] {
	set title f eq 'ack_ns' ? 'from the send to the handler' : \
		f eq 'wait_ns' ? 'from the send until the sender goes on' : 'completion'
	plot for [p=1:words(policies)] for [w=1:words(workloads)] column_of(f, w, p) \
		using (place(w, p)):6:(width * 0.9) with boxes linecolor rgb colours[p] \
		title (w == 1 ? word(policies, p) : ''), \
		for [p=1:words(policies)] for [w=1:words(workloads)] column_of(f, w, p) \
		using (place(w, p)):($6 - $7):(0):(2 * $7) with vectors nohead \
		linewidth 1.5 linecolor rgb '#222222' notitle
}
unset multiplot
