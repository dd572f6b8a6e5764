/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/html.h"
#include "reports/text/palette.h"

/* The colours are those of palette_tokens. Text on its ground has a contrast of at least 4.5 to 1
 * in both schemes (WCAG 2.1 AA). */
static const char page[] =
    "*{box-sizing:border-box}"
    ":root{--f:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,"
    "sans-serif;--mo:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}"
    "html{-webkit-text-size-adjust:100%;scroll-padding-top:16px}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 var(--f);"
    "overflow-wrap:break-word}"
    "a{color:var(--prop)}"
    "a:focus-visible,summary:focus-visible{outline:3px solid var(--prop);outline-offset:2px;"
    "border-radius:4px}"
    "h1,h2,h3,p,ul,figure,table,pre{margin:0}"
    "h1{font-size:18px;line-height:1.35;font-weight:600;min-width:0;overflow-wrap:anywhere}"
    "h2{font-size:22px;line-height:1.3;font-weight:700;letter-spacing:-.01em;"
    "overflow-wrap:anywhere}"
    "h3{font-size:16px;line-height:1.35;font-weight:600;overflow-wrap:anywhere}"
    "code,pre{font:13.5px/1.5 var(--mo);overflow-wrap:anywhere}"
    ".k{font-size:13px;color:var(--ink2);letter-spacing:.02em}"
    ".good{color:var(--pass)}.bad{color:var(--fail)}.unsure{color:var(--und)}"
    ".warn{color:var(--warn)}.base{color:var(--base)}.prop{color:var(--prop)}"
    ".m{width:1em;height:1em;vertical-align:-.13em;flex:none}"
    ".ip{stroke:var(--paper)}.defs{position:absolute;width:0;height:0}"
    /* the grid: contents beside it; below 1180 they follow the verdict */
    ".pg{max-width:1320px;margin:0 auto;padding:24px 32px 64px;display:grid;"
    "grid-template-columns:184px minmax(0,1fr);grid-template-areas:'h h' 'n v' 'n m';"
    "grid-template-rows:auto auto 1fr;gap:0 48px}"
    "#verdict{grid-area:v;min-width:0}"
    "header{grid-area:h;display:flex;gap:4px 16px;flex-wrap:wrap;align-items:baseline;"
    "border-bottom:1px solid var(--rule);padding-bottom:12px;margin-bottom:24px}"
    "header .k{margin-left:auto}"
    "nav{grid-area:n;position:sticky;top:24px;align-self:start;font-size:14px;line-height:1.35;"
    "max-height:calc(100vh - 48px);overflow-y:auto}"
    "nav .k{font-weight:600;margin-bottom:8px}"
    "nav ol{list-style:none;margin:0;padding:0;border-left:2px solid var(--rule)}"
    "nav a{display:block;padding:5px 0 5px 12px;color:var(--ink);text-decoration:none;"
    "overflow-wrap:anywhere}"
    "nav a:hover{color:var(--prop);text-decoration:underline}"
    "main{grid-area:m;min-width:0}"
    "section{margin-top:48px}"
    "section>h2+*{margin-top:12px}"
    "section>*+*{margin-top:16px}section>h3{margin-top:24px}"
    "section>p,section>ul,details>p{max-width:75ch}"
    "ul{padding-left:1.25em}li{margin:4px 0}nav li{margin:0}";

static const char verdict[] =
    ".hero{border-radius:10px;padding:20px 24px;display:grid;"
    "grid-template-columns:auto minmax(0,1fr);gap:4px 20px;border-left:8px solid}"
    ".hero.good{background:var(--pass-bg)}.hero.bad{background:var(--fail-bg)}"
    ".hero.unsure{background:var(--und-bg)}"
    ".hero.none{background:var(--surface);border-color:var(--ink2);"
    "grid-template-columns:minmax(0,1fr)}"
    ".hero>.m{width:44px;height:44px;margin-top:2px;grid-row:span 3}"
    ".hero h2{font-size:28px;line-height:1.22;color:var(--ink)}"
    ".hero h2 .vd{letter-spacing:.03em}"
    ".hero p{color:var(--ink);max-width:75ch}"
    ".statement{margin-top:8px;padding:8px 12px;border-left:4px solid var(--rule);"
    "background:var(--surface);border-radius:6px}"
    ".statement.good,.statement.bad,.statement.unsure{color:var(--ink)}"
    ".statement.good{border-color:var(--pass);background:var(--pass-bg)}"
    ".statement.bad{border-color:var(--fail);background:var(--fail-bg)}"
    ".statement.unsure{border-color:var(--und);background:var(--und-bg)}"
    ".label{font-weight:700;margin-right:4px}"
    ".whose{margin-top:16px;font-size:14px;color:var(--ink2)}.whose+.tiles{margin-top:8px}"
    ".tiles{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:12px;margin-top:16px}"
    ".tile{background:var(--surface);border-radius:8px;padding:12px 16px 10px;min-width:0}"
    ".tile.unsure{background:var(--und-bg);color:var(--ink)}"
    ".tile .hd{display:flex;justify-content:space-between;gap:8px;font-size:14px;"
    "align-items:baseline;overflow-wrap:anywhere}"
    ".tile .vd{font-size:13px;white-space:nowrap}"
    ".tile .bg{font-size:22px;line-height:1.35;font-weight:700;"
    "font-variant-numeric:tabular-nums}"
    ".tile .bg span{white-space:nowrap}"
    ".tile .bg .base{font-size:16px;font-weight:600}"
    ".tile svg.bar{width:100%;max-width:300px;height:auto;display:block;margin:2px 0}"
    ".tile p{font-size:13.5px;line-height:1.4;color:var(--ink2)}"
    ".chips{display:flex;flex-wrap:wrap;gap:8px;margin-top:16px;padding:0;list-style:none}"
    ".chips li{margin:0}"
    ".chips a{display:inline-flex;gap:7px;align-items:center;border:1px solid var(--rule);"
    "border-radius:16px;padding:4px 12px;font-size:14px;line-height:1.4;color:var(--ink);"
    "text-decoration:none}"
    ".chips a.act{background:var(--warn-bg);border-color:var(--warn)}";

static const char parts[] =
    /* pictures */
    ".two{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:24px 32px}"
    ".two figure{min-width:0}"
    ".two>div>*+*{margin-top:12px}"
    "figcaption{font-weight:600;line-height:1.35;max-width:62ch;overflow-wrap:anywhere}"
    ".picture svg{display:block;width:100%;height:auto;max-width:440px;margin-top:6px}"
    ".picture svg.wide,.picture svg.narrow{max-width:984px}"
    ".picture svg.narrow{display:none;max-width:440px}"
    "figure p{font-size:14px;line-height:1.45;color:var(--ink2);max-width:72ch;margin-top:4px}"
    /* tables */
    "table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.4;"
    "font-variant-numeric:tabular-nums}"
    "th{text-align:left;font-weight:600;color:var(--ink2);font-size:13px;padding:6px 12px 6px 0;"
    "vertical-align:bottom}"
    "thead th,thead td{border-bottom:1.5px solid var(--ink2)}"
    "td,tbody th{padding:7px 12px 7px 0;border-bottom:1px solid var(--rule);vertical-align:top;"
    "overflow-wrap:anywhere}"
    "tbody th{font-weight:400;color:var(--ink);font-size:14.5px;min-width:9em}"
    "th.number,td.number{text-align:right;padding-right:16px}"
    "td.number{white-space:nowrap}.wide td.number{white-space:normal}"
    "tr.group th{font-weight:600;padding-top:16px;color:var(--ink2);font-size:13px}"
    "td.good,td.bad,td.unsure{white-space:nowrap;font-weight:600}"
    "td.key{color:var(--prop);font-weight:600}"
    "td.warn{white-space:nowrap;font-weight:600}td.warn .m{margin-right:.35em}"
    "th .sub{display:block;font-size:12.5px;color:var(--ink2)}"
    "td.bars{min-width:7rem;vertical-align:middle}"
    ".share{display:block;width:100%;min-width:6rem;height:.7rem}"
    ".share .full{fill:var(--grid)}.share .part{fill:var(--prop)}"
    "tr:target>*,section:target>h2,figure:target figcaption{background:var(--warn-bg)}"
    ".cite{margin-left:.35em;color:var(--ink2);text-decoration:none;font-weight:400;opacity:0}"
    "tr:hover .cite,figcaption:hover .cite,.cite:focus{opacity:1}"
    "@media(hover:none){.cite{opacity:1}}"
    "details{border-bottom:1px solid var(--rule);padding:10px 0}"
    "section>details+details{margin-top:0}"
    "summary{cursor:pointer;font-size:15px}"
    "details>*+*{margin-top:8px}"
    ".command{background:var(--surface);border-radius:6px;padding:12px 16px;white-space:pre-wrap}"
    ".command span{white-space:nowrap}"
    ".source{background:var(--surface);border-radius:6px;padding:12px 16px;white-space:pre-wrap;"
    "font-size:12.5px;max-height:32rem;overflow-y:auto;unicode-bidi:bidi-override;direction:ltr}"
    ".copy{display:none}"
    ".sign td,.sign tbody th{height:44px}"
    "footer{margin-top:40px;color:var(--ink2);font-size:13px;border-top:1px solid var(--rule);"
    "padding-top:8px}";

/* Rows of tables as blocks, each value below the name of its column. */
#define STACKED(table)                                                                             \
    table "," table " tbody{display:block}" table " thead{position:absolute;clip-path:inset(50%);" \
          "width:1px;height:1px;overflow:hidden}" table                                            \
          " tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.6rem,1fr));"            \
          "border-bottom:1px solid var(--rule);padding:8px 0;gap:0 12px}" table " td," table       \
          " tbody th{font-size:13.5px;border:0;padding:2px 0;text-align:left;"                     \
          "white-space:normal}" table " tbody th{font-size:15px;grid-column:1/-1}" table           \
          " td.long{grid-column:1/-1}" table " td:empty," table " .bars{display:none}" table       \
          ".sign td:empty{display:block}" table                                                    \
          " td[data-label]::before{content:attr(data-label);display:block;font-size:12px;"         \
          "color:var(--ink2);font-weight:400}" table " tr.group{padding-top:16px}"

/* Below 1180 pixels without a side column, below 700 as on a phone: a row of a table becomes a
 * block. Printed light, with all that is folded. */
static const char media[] =
    "@media(max-width:1179px){.pg{grid-template-columns:minmax(0,1fr);"
    "grid-template-areas:'h' 'v' 'n' 'm';padding:20px 24px 48px}"
    ".side td.number{white-space:normal;overflow-wrap:normal}"
    "nav{position:static;margin-top:24px;border-top:1px solid var(--rule);max-height:none;"
    "border-bottom:1px solid var(--rule);padding:12px 0}"
    "nav ol{border:0;columns:4;column-gap:16px}"
    "nav li{break-inside:avoid}"
    "nav a{padding:4px 0;color:var(--prop)}"
    ".tiles{grid-template-columns:repeat(2,minmax(0,1fr))}}"
    "@media screen and (max-width:1179px){" STACKED(
        ".wide") "}"
                 "@media(max-width:700px){.pg{padding:16px 16px 40px}"
                 "header .k{margin-left:0}"
                 "nav ol{columns:2}"
                 ".hero{padding:16px;grid-template-columns:minmax(0,1fr)}"
                 ".hero>.m{display:none}.hero h2{font-size:22px}"
                 ".tiles,.two{grid-template-columns:minmax(0,1fr)}.two{gap:32px}"
                 "section{margin-top:40px}"
                 ".command span{white-space:normal}}"
                 "@media screen and (max-width:700px){.picture svg.wide{display:none}"
                 ".picture svg.narrow{display:block}" STACKED(".cd") "}";

static const char print[] =
    "@media print{@page{size:A4;margin:14mm 13mm}"
    "body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    ".pg{display:block;padding:0;max-width:none}"
    "nav,footer,.cite,.screen{display:none}"
    "header{margin-bottom:12px;padding-bottom:6px}"
    "section{margin-top:18px}h2{font-size:15pt}.hero h2{font-size:17pt}h3{font-size:11.5pt}"
    ".tiles{grid-template-columns:repeat(3,minmax(0,1fr))}"
    ".two{grid-template-columns:repeat(2,minmax(0,1fr))}"
    ".picture svg.wide{display:block;max-height:125mm}.picture svg.narrow{display:none}"
    "h2,h3,summary,figcaption{break-after:avoid;break-inside:avoid}"
    /* what stands between a heading and its table stays with both; so does a group's first row */
    "section>h2+p,section>p:has(+table),section>p:has(+figure),section>ul:has(+table),section>p:"
    "has(+ul),tr.group{break-after:avoid}"
    "thead,thead tr{break-inside:avoid;break-after:avoid}"
    ".statement{margin-top:4px;padding:4px 8px}"
    ".tiles{gap:8px;margin-top:10px}.chips{margin-top:10px}.tile{padding:8px 12px 6px}"
    ".tile .hd{font-size:9pt}.tile .vd{font-size:8.5pt}.tile .bg{font-size:14pt}"
    ".tile .bg .base{font-size:11pt}"
    "table{font-size:9pt}th,tbody th{font-size:9pt}.wide,.wide th,.wide tbody "
    "th{font-size:7.5pt}td,th,tbody th{padding:3px 8px 3px 0}"
    "td.number,th.number{padding-right:8px}"
    "figure,.tile,tr,.command,.hero,.sign,.keep,.statement{break-inside:avoid}"
    "thead{display:table-header-group}"
    "details::details-content{content-visibility:visible;display:block;height:auto}"
    "details.screen{display:none}.source{max-height:none}"
    "a{color:inherit;text-decoration:none}}";

const char *const html_styles[HTML_STYLES] = {palette_tokens, page,  verdict,       parts,
                                              media,          print, palette_scheme};
