import { simulationBundle } from './temporal/bundle';
import { Sandbox } from './temporal/sandbox';
import { simulate } from './simulate';
import { scenarioOf } from './incidents';
(async () => {
  const [a = 1, b = 20, show = 0] = process.argv.slice(2).map(Number);
  const s = new Sandbox(await simulationBundle());
  const t = process.cpuUsage(); const w = Date.now();
  const counts: Record<string, number> = {}; const rules: Record<string, number[]> = {}; const first: Record<string,string> = {};
  let steps = 0;
  for (let seed = a; seed <= b; seed++) {
    let o; try { o = simulate(scenarioOf(seed, 6), s); } catch (e) { console.log('seed', seed); throw e; }
    steps += o.steps;
    counts[o.ended] = (counts[o.ended] ?? 0) + 1;
    for (const v of o.violations) { (rules[v.rule] ??= []).push(seed); first[v.rule] ??= v.what; }
    if (show) console.log(o.trace.join('\n'), o.hash);
  }
  const d = process.cpuUsage(t);
  console.log(counts, 'cpu s', (d.user + d.system) / 1e6, 'wall', (Date.now() - w) / 1000, 'steps', steps);
  for (const [r, seeds] of Object.entries(rules)) console.log(r, seeds.length, seeds.slice(0, 12).join(' '), '|', first[r]);
})();
