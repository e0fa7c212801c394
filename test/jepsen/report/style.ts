import { DRAWING_STYLE } from './drawing-style.js';

/** Colours follow the system, or the switch. Those of data are told apart by people with any kind of colour vision. */
const COLOURS = `
:root { color-scheme: light dark;
  --ground: light-dark(#fafaf8, #121518); --panel: light-dark(#ffffff, #1a1e22); --ink: light-dark(#1b2026, #e5e8eb);
  --quiet: light-dark(#59636e, #9ba6b1); --line: light-dark(#dfe2e5, #30363d); --link: light-dark(#0a5ea8, #6cb6ff);
  --good: light-dark(#00775a, #3fcf9f); --bad: light-dark(#c22f12, #ff8060); --doubt: light-dark(#8a6100, #e9b949);
  --fault: light-dark(#cf6a1f, #e2904e); --shade: light-dark(#f6e3d3, #332519);
  --c0: light-dark(#0068ad, #5aaeee); --c1: light-dark(#00855d, #37c795); --c2: light-dark(#954a91, #d592d0);
  --c3: light-dark(#a87400, #e9bb42); --c4: light-dark(#3596c9, #94d4f7); --c5: light-dark(#7a4b2a, #cb9d76);
  --c6: light-dark(#5b6573, #a9b4c1); --c7: light-dark(#6b7900, #c2ce50); }
:root:has(#theme-light:checked) { color-scheme: light; }
:root:has(#theme-dark:checked) { color-scheme: dark; }
.c0 { --own: var(--c0); } .c1 { --own: var(--c1); } .c2 { --own: var(--c2); } .c3 { --own: var(--c3); }
.c4 { --own: var(--c4); } .c5 { --own: var(--c5); } .c6 { --own: var(--c6); } .c7 { --own: var(--c7); }
`;

const PAGE = `
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI",
  "Noto Sans", "Liberation Sans", sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 1208px; margin: 0 auto; padding: 2.2rem 24px 5rem; }
h1 { font-size: clamp(1.7rem, 4vw, 2.4rem); line-height: 1.15; letter-spacing: -.02em; margin: 0; font-weight: 680; }
h1 .times { color: var(--quiet); font-weight: 400; }
h2 { font-size: 1.35rem; letter-spacing: -.01em; margin: 3rem 0 .7rem; font-weight: 650; }
h3 { font-size: 1rem; margin: 0; font-weight: 620; }
h4 { font-size: 1rem; margin: 0 0 .4rem; color: var(--bad); font-weight: 650; }
p { margin: .4rem 0; max-width: 76ch; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -999px; } .skip:focus { left: 12px; top: 8px; background: var(--panel); padding: .4rem .8rem; z-index: 3; }
.quiet { color: var(--quiet); font-weight: 400; } .note { color: var(--quiet); font-size: .87rem; }
header { display: grid; grid-template-columns: 1fr auto; gap: 1.3rem 1rem; align-items: start; }
.kind { color: var(--quiet); font-size: .8rem; letter-spacing: .07em; text-transform: uppercase; margin: 0 0 .35rem; }
.facts { margin: .6rem 0 0; color: var(--quiet); display: flex; flex-wrap: wrap; gap: .1rem .9rem; max-width: none; font-size: .92rem; }
.facts span:not(:last-child)::after { content: "·"; margin-left: .9rem; }
.theme { border: 1px solid var(--line); border-radius: 8px; padding: 2px; margin: 0; display: flex; background: var(--panel); }
.theme input { position: absolute; opacity: 0; } .theme label { cursor: pointer; }
.theme span { display: block; padding: .18rem .7rem; border-radius: 6px; font-size: .83rem; color: var(--quiet); }
.theme :checked + span { background: var(--ink); color: var(--ground); }
.theme :focus-visible + span { outline: 2px solid var(--link); outline-offset: 2px; }
.banner { grid-column: 1 / -1; display: flex; gap: .9rem; align-items: flex-start; padding: .95rem 1.1rem; border-radius: 10px;
  background: var(--panel); border: 1px solid var(--line); border-left: 5px solid var(--state); }
.banner > div { min-width: 0; flex: 1; }
.banner strong { display: block; font-size: 1.2rem; line-height: 1.3; color: var(--state); }
.banner .icon { width: 30px; height: 30px; }
.valid { --state: var(--good); } .invalid { --state: var(--bad); } .undecided { --state: var(--doubt); }
.icon { width: 1.15em; height: 1.15em; vertical-align: -.2em; flex: none; }
.icon circle { fill: var(--state); } .icon path { fill: none; stroke: var(--panel); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
nav { position: sticky; top: 0; z-index: 2; display: flex; gap: 1.3rem; margin: 1.4rem -24px 0; padding: .6rem 24px; overflow-x: auto;
  background: color-mix(in srgb, var(--ground) 94%, transparent); border-bottom: 1px solid var(--line); font-size: .9rem; }
nav a { color: var(--quiet); text-decoration: none; } nav a:hover { color: var(--ink); text-decoration: underline; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(176px, 1fr)); gap: 12px; margin: 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .8rem .95rem; }
.tile dt { color: var(--quiet); font-size: .83rem; } .tile dd { margin: 0; line-height: 1.4; }
.tile .figure { font-size: 1.55rem; font-weight: 640; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-size: .88rem; background: var(--panel); min-width: 100%; }
th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
thead th { color: var(--quiet); font-weight: 500; font-size: .8rem; } tbody th { font-weight: 580; }
.number { font-variant-numeric: tabular-nums; text-align: right; } td.value { white-space: normal; min-width: 22rem; overflow-wrap: anywhere; }
tr.emphasised td { background: color-mix(in srgb, var(--bad) 9%, transparent); }
thead th.number { text-align: right; }
.options td { white-space: normal; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); }
.scroll table { border: 0; } .scroll tr:last-child > * { border-bottom: 0; }
figure { margin: 1.1rem 0 0; } figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem 1.4rem; margin-bottom: .35rem; align-items: center; }
.legends, .legend { display: flex; flex-wrap: wrap; gap: .2rem .9rem; font-size: .84rem; color: var(--quiet); align-items: center; }
.legend span { display: inline-flex; align-items: center; gap: .35rem; }
.legend button { font: inherit; color: var(--ink); background: none; border: 1px solid var(--line); border-radius: 99px; padding: .05rem .65rem; cursor: pointer;
  display: inline-flex; align-items: center; gap: .4rem; }
.legend button[aria-pressed="false"] { color: var(--quiet); text-decoration: line-through; } .legend button[aria-pressed="false"] .sample { opacity: .25; }
.sample { display: inline-block; background: var(--own); } .sample.dot { width: 9px; height: 9px; border-radius: 50%; }
.sample.stroke { width: 16px; height: 3px; border-radius: 2px; } .sample.box { width: 11px; height: 11px; border-radius: 2px; }
.symbol { width: 12px; height: 12px; overflow: visible; }
.readout { position: sticky; top: 2.6rem; z-index: 1; margin: 0 auto; width: fit-content; max-width: 100%; background: var(--ink); color: var(--ground);
  border-radius: 7px; padding: .25rem .8rem; font-size: .84rem; font-variant-numeric: tabular-nums; }
details { margin-top: .8rem; } summary { cursor: pointer; color: var(--link); font-size: .9rem; } details[open] summary { margin-bottom: .5rem; }
.checker > h3 { margin-top: 1.6rem; } .anomaly { margin: .8rem 0 2rem; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); }
pre { font: .86rem/1.55 ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 .8rem; }
.command { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; user-select: all; }
.levels { margin-top: 1.6rem; }
@media print { nav, .theme, .readout { display: none; } .scroll { overflow: visible; } }
`;

export const STYLE = `${COLOURS}${PAGE}${DRAWING_STYLE}`;
