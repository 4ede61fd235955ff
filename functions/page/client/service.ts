/**
 * What runs on the page of one service beside page.ts. Loaded as `/assets/service.….js`.
 * Invariant: whatever it does the page can be used without it.
 */
import { mountChart } from "./chart/mount-chart.ts";
import { mountDayCard } from "./day-card.ts";

for (const frame of document.querySelectorAll<HTMLElement>(".chart-frame")) mountChart(frame);
for (const frame of document.querySelectorAll<HTMLElement>(".day-frame")) mountDayCard(frame);
