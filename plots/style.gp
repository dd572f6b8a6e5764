# The one style of all pictures: colours that people with any colour vision tell apart (and dark
# enough for text on white), labels beside what they name instead of a key, a light grid, thin axes.
# The page's style sheet knows these colours: reports/html_style.c.
set encoding utf8
set border 3 linecolor rgb '#444444' linewidth 1
set grid linecolor rgb '#dddddd' linewidth 1 dashtype 1
set tics nomirror out scale 0.6 textcolor rgb '#444444'
set xlabel textcolor rgb '#444444' offset 0,0.3 noenhanced
set ylabel textcolor rgb '#444444' offset 0.8,0 noenhanced
unset key
# The settings, in their order.
set linetype 1 linecolor rgb '#0072b2' linewidth 2 pointtype 7 pointsize 0.5 dashtype 1
set linetype 2 linecolor rgb '#b44600' linewidth 2 pointtype 5 pointsize 0.5 dashtype (8,3)
set linetype 3 linecolor rgb '#006e50' linewidth 2 pointtype 9 pointsize 0.6 dashtype (3,3)
set linetype 4 linecolor rgb '#82308c' linewidth 2 pointtype 13 pointsize 0.6 dashtype (12,3,3,3)
# What holds, what does not, what is undecided; limits, and where they are not met.
set style line 11 linecolor rgb '#006e50' linewidth 2 pointtype 7 pointsize 0.8
set style line 12 linecolor rgb '#b44600' linewidth 2 pointtype 2 pointsize 1.1
set style line 13 linecolor rgb '#444444' linewidth 2 pointtype 12 pointsize 1.1
set style line 20 linecolor rgb '#b44600' linewidth 1.5 dashtype (6,4)
set style line 21 linecolor rgb '#444444' linewidth 1 dashtype (2,3)
set style fill solid 0.18 noborder
