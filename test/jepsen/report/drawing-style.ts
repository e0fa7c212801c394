/** Styles of what is drawn: plots over time, lanes of calls, samples in legends. */
export const DRAWING_STYLE = `
svg.plot { display: block; width: 100%; min-width: 760px; height: auto; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; fill: var(--ink); }
svg .tick { fill: var(--quiet); font-size: 11.5px; font-variant-numeric: tabular-nums; } svg .row-name { font-size: 12.5px; }
.grid { stroke: var(--line); stroke-width: 1; } .axis { stroke: var(--quiet); stroke-width: 1; opacity: .7; }
.shade { fill: var(--shade); } .fault { fill: var(--fault); } .fault.open { fill-opacity: .45; stroke: var(--fault); stroke-dasharray: 3 2; }
.heal { fill: var(--good); }
.dots { fill: none; stroke: var(--own); stroke-width: 2.6; stroke-linecap: round; } .dots.few { stroke-opacity: .5; } .dots.some { stroke-opacity: .75; }
.dots.many { stroke-opacity: 1; stroke-width: 3; }
path.failed { fill: none; stroke: var(--bad); stroke-width: 1.6; stroke-linecap: round; } path.unknown { fill: var(--panel); fill-opacity: .5; stroke: var(--ink); stroke-width: 1.3; }
.median { fill: none; stroke: var(--ink); stroke-width: 1.4; stroke-linejoin: round; }
.rate.served { fill: var(--c0); fill-opacity: .75; background: var(--c0); } .rate.failed { fill: var(--bad); stroke: none; background: var(--bad); }
.rate.unknown { fill: var(--ink); stroke: none; fill-opacity: 1; background: var(--ink); }
.alive { stroke: var(--quiet); stroke-width: 2; opacity: .55; } .office.odd { fill: var(--c0); } .office.even { fill: var(--c2); }
svg .term { fill: var(--panel); font-size: 11.5px; font-weight: 600; }
.member { fill: none; stroke: var(--own); stroke-width: 1.6; stroke-linejoin: round; }
.strip { width: 100%; height: 18px; display: block; } .strip circle { fill: var(--c0); fill-opacity: .75; } .strip .limit { stroke: var(--bad); stroke-width: 2; }
.crosshair { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; pointer-events: none; }
svg.lanes { display: block; max-width: none; } .lanes .bar text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
.bar rect { fill: var(--panel); stroke: var(--quiet); stroke-width: 1.2; } .bar.unknown rect { stroke-dasharray: 5 3; } .bar.fail text { text-decoration: line-through; }
.bar.emphasised rect { fill: light-dark(#fbe3dc, #52281d); stroke: var(--bad); stroke-width: 2; } .bar.emphasised text { font-weight: 600; }
`;
