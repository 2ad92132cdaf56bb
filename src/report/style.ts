/** The page's style: no outside font, no image; light, dark and print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
  --page: #f6f5f2; --surface: #ffffff; --ink: #1b1d21; --ink-2: #5b6068; --line: #e4e2dc; --band: rgba(40, 45, 60, 0.045);
  --old: #c2660c; --new: #1f6fb5; --bridge: #7a4fb3; --phase: #6f7f93; --gate: #a3195b;
  --app-1: #1f6fb5; --app-2: #c2660c; --app-3: #2f7d4f; --app-4: #7a4fb3;
  --green: #2e8b57; --yellow: #d9a400; --red: #c93232; --unknown: #9a9a9a;
  --good: #1f7a45; --good-soft: #e3f3e9; --warn: #8a5a00; --warn-soft: #fbefd2; --bad: #b3261e; --bad-soft: #fbe4e1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --surface: #1c1f25; --ink: #e9e8e4; --ink-2: #a4a9b2; --line: #31353d; --band: rgba(255, 255, 255, 0.04);
    --old: #e8924a; --new: #64a9e6; --bridge: #b795e6; --phase: #7d8da3; --gate: #ef7fb1;
    --app-1: #64a9e6; --app-2: #e8924a; --app-3: #6cc08f; --app-4: #b795e6;
    --green: #3fa66b; --yellow: #e0b53a; --red: #e2605a; --unknown: #6d7078;
    --good: #7bd3a0; --good-soft: #1b3527; --warn: #f0c777; --warn-soft: #3a2f17; --bad: #ff9d95; --bad-soft: #43211f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 var(--font); font-variant-numeric: tabular-nums; }
main { max-width: 1060px; margin: 0 auto; padding: 40px 28px 64px; }
a { color: var(--new); }
code, .mono { font-family: var(--mono); font-size: 0.88em; }
h1 { font-size: 30px; line-height: 1.22; letter-spacing: -0.015em; margin: 14px 0 12px; text-wrap: balance; }
h2 { font-size: 19px; letter-spacing: -0.005em; margin: 48px 0 6px; }
h3 { font-size: 15px; margin: 0; }
p { margin: 0 0 10px; max-width: 82ch; }
.lead { font-size: 17px; line-height: 1.6; }
.note, figcaption { color: var(--ink-2); font-size: 13.5px; }
.head { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; color: var(--ink-2); font-size: 13.5px; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); background: var(--good-soft); }
.warn { color: var(--warn); background: var(--warn-soft); }
.bad { color: var(--bad); background: var(--bad-soft); }
.plain { color: var(--ink-2); background: var(--band); }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 26px 0 8px; }
.tile { flex: 1 1 30%; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 13px 16px 12px; }
.tile dt { color: var(--ink-2); font-size: 13px; }
.tile dd { margin: 1px 0 0; white-space: nowrap; font-size: 23px; font-weight: 600; letter-spacing: -0.01em; line-height: 1.3; }
.tile dd small { display: block; white-space: normal; font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--ink-2); line-height: 1.4; }
figure { margin: 14px 0 0; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px 14px; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; }
figure h3 { margin-bottom: 8px; }
figcaption { margin-top: 6px; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; margin: 12px 0 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; padding: 12px 14px 4px; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 8px 14px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--ink-2); font-weight: 500; font-size: 13px; white-space: nowrap; overflow-wrap: normal; }
caption + thead th { border-top: 1px solid var(--line); }
td.tight, th.tight { white-space: nowrap; overflow-wrap: normal; width: 1%; }
td.num, th.num { text-align: right; }
.gate { margin-top: 18px; break-inside: avoid; }
.gate .head { margin-bottom: 2px; }
.gate h3 { color: var(--ink); }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--ink-2); font-size: 14px; }
summary:hover { color: var(--ink); }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--line); color: var(--ink-2); font-size: 13px; }
@media (max-width: 640px) { .tile { flex-basis: 44%; } main { padding: 24px 16px 48px; } h1 { font-size: 25px; } th, td { padding: 7px 10px; } }
@media print {
  :root {
    --page: #fff; --surface: #fff; --ink: #000; --ink-2: #444; --line: #ccc; --band: rgba(0, 0, 0, 0.05);
    --old: #c2660c; --new: #1f6fb5; --bridge: #7a4fb3; --phase: #6f7f93; --gate: #a3195b;
    --app-1: #1f6fb5; --app-2: #c2660c; --app-3: #2f7d4f; --app-4: #7a4fb3;
    --green: #2e8b57; --yellow: #d9a400; --red: #c93232; --unknown: #9a9a9a;
    --good: #1f7a45; --good-soft: #e3f3e9; --warn: #8a5a00; --warn-soft: #fbefd2; --bad: #b3261e; --bad-soft: #fbe4e1;
    color-scheme: light; print-color-adjust: exact; -webkit-print-color-adjust: exact;
  }
  body { font-size: 11.5px; } table { font-size: 11px; } main { max-width: none; padding: 0; }
  h2 { margin-top: 28px; break-after: avoid; } tr { break-inside: avoid; } .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
}
`;
