/** What uPlot needs of its own style sheet (uPlot 1.6, MIT), in our colours: no legend and no title. */
export const UPLOT_STYLE = `
.uplot, .uplot * { box-sizing: border-box; }
.uplot { width: min-content; }
.u-wrap { position: relative; user-select: none; }
.u-over, .u-under, .u-axis, .u-select, .u-cursor-x, .u-cursor-y, .u-cursor-pt { position: absolute; }
.u-under { overflow: hidden; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
.u-select { background: var(--maintenance); opacity: 0.2; pointer-events: none; }
.u-cursor-x, .u-cursor-y, .u-cursor-pt { top: 0; left: 0; pointer-events: none; will-change: transform; }
.u-cursor-x { height: 100%; border-right: 1px dashed var(--muted); }
.u-cursor-y { width: 100%; border-bottom: 1px dashed var(--muted); }
.u-cursor-pt { border: 0 solid; border-radius: 50%; background-clip: padding-box !important; }
.u-axis.u-off, .u-select.u-off, .u-cursor-x.u-off, .u-cursor-y.u-off, .u-cursor-pt.u-off { display: none; }
`;
