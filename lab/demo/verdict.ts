import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/contract/report';
import type { JudgeEvidence } from '../judge/types';
import { LONGEST_GAP_MS } from '../judge/verdict';
import type { Narrator } from './narrator';

/** Seconds from the last approval of each gate that was passed to its action, by the audit of a report. */
export function waitsAfterApproval({ audit }: Pick<Report, 'audit'>): number[] {
  return audit
    .filter(({ kind }) => kind === 'gate-passed')
    .map((passed) => {
      const approvals = audit.filter(
        ({ kind, gate, accepted, at }) => kind === 'approve' && accepted && gate === passed.gate && at <= passed.at,
      );
      return (Date.parse(passed.at) - Date.parse(approvals.at(-1)?.at ?? '')) / 1000;
    });
}

/** Tells what the judge found, each promise in a line, and how long approvals took to be followed. */
export function tellVerdict(narrator: Narrator, out: string, evidence: JudgeEvidence, broken: string[]): void {
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  narrator.part('verdict');
  const line = (ok: boolean, text: string) => narrator.result(ok, text);
  line(evidence.failedRequests === 0, `${evidence.requests} requests, ${evidence.failedRequests} failed`);
  line(evidence.lostWrites === 0, `${evidence.ackedWrites} acknowledged writes, ${evidence.lostWrites} lost`);
  line(
    evidence.lostDocuments === 0,
    `${evidence.loadedDocuments} loaded documents, ${evidence.lostDocuments} not as they were`,
  );
  line(evidence.lostUpdates === 0, `${evidence.ackedUpdates} acknowledged updates, ${evidence.lostUpdates} lost`);
  line(
    evidence.historyProblems.length === 0,
    `${evidence.historyOperations} reads and writes of the same documents, ${evidence.historyProblems.length} that no order explains`,
  );
  line(evidence.duplicateWrites === 0, `${evidence.duplicateWrites} writes done twice`);
  line(
    evidence.longestGapMs <= LONGEST_GAP_MS,
    `longest time without a successful request: ${evidence.longestGapMs} ms`,
  );
  const pauses = Object.entries(evidence.appPauses).map(
    ([app, { steadyMs, restartMs }]) => `${app} ${steadyMs}/${restartMs} ms`,
  );
  narrator.event(`longest pause of each app by itself, and at its restart: ${pauses.join(', ')}`);
  line(
    !evidence.everBelowGreen,
    `${evidence.healthSamples} looks at the health, below green: ${evidence.everBelowGreen}`,
  );
  line(evidence.badViews.length === 0, `${evidence.views} looks at what nodes know by themselves: one whole cluster`);
  line(evidence.loggedFalls.length === 0, `${evidence.loggedFalls.length} falls below green in the logs of masters`);
  line(evidence.stoppedFull.length === 0, `${evidence.stoppedFull.length} nodes stopped that were not empty`);
  if (evidence.withoutWord)
    line(evidence.withoutWord.length === 0, `${evidence.withoutWord.length} things done without a word`);
  const isBack = evidence.outcome === 'rolled-back';
  if (!isBack) line(evidence.oldNodesRunning === 0, `${evidence.oldNodesRunning} old nodes still running`);
  const starts = Object.values(evidence.oldNodeStarts).reduce((sum, count) => sum + count, 0);
  line(starts === 0, `${starts} restarts of old nodes`);
  line(evidence.appsOnFronts !== isBack, `both apps on the fronts: ${evidence.appsOnFronts}`);
  line(evidence.leftovers.length === 0, `${evidence.leftovers.length} things left on hosts`);
  line(evidence.secretsSeen.length === 0, `${evidence.secretsSeen.length} secrets in what the run left`);
  line(evidence.settingsLeft.length === 0, `${evidence.settingsLeft.length} settings of the cluster not as they were`);
  const ratio = (evidence.bridgeBytesWhileMoving / evidence.primaryBytes).toFixed(2);
  narrator.event(
    `bridge ${megabytes(evidence.bridgeBytes)}, of it ${megabytes(evidence.bridgeBytesWhileMoving)} while shards moved: ` +
      `${ratio} times the primaries (${megabytes(evidence.primaryBytes)}); ` +
      `p99 ${evidence.p99Ms} ms, before ${evidence.baselineP99Ms} ms`,
  );
  const waits = waitsAfterApproval(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Pick<Report, 'audit'>);
  narrator.event(`from approval to action: ${waits.map((seconds) => `${seconds.toFixed(1)} s`).join(', ')}`);
  for (const promise of broken) narrator.result(false, promise);
  narrator.part(broken.length === 0 ? 'every promise was kept' : `${broken.length} promises were broken`);
  narrator.event(`report:   ${out}/report.html`);
  narrator.event(`evidence: ${out}/evidence.json`);
}
