import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryLine, LedgerLine, OpenedLine, RequestLine, UpdateLine } from '../app/journal';
import { exec } from '../docker';
import { hostsOf } from '../layout';
import type { LabHost, LabState } from '../types';
import {
  isEnd,
  isHistory,
  isRequest,
  isUpdate,
  isWrite,
  LONGEST_REQUEST_MS,
  parseLines,
  unended,
  type HostRequests,
} from './requests';
import type { Span } from './spans';

const REQUESTS = '/var/log/shop/requests.ndjson';
const LEDGER = '/var/lib/shop/ledger.ndjson';
const UPDATES = '/var/lib/shop/updates.ndjson';
const HISTORY = '/var/lib/shop/history.ndjson';
/** What is still under way is asked for again after so long, ms. */
const AGAIN_MS = 2_000;

/** Requests of all apps that ended and began since a moment, ms since the epoch. */
export async function requestsSince(lab: LabState, from: number): Promise<number> {
  const count = `awk -F'[:,]' -v from=${from} '/^[{]"t":/ && $2 >= from { n++ } END { print n + 0 }' ${REQUESTS}`;
  const counts = await Promise.all(
    hostsOf(lab.hosts, 'app').map(async (host) => Number(await exec(host, count, { dockerHost: lab.dockerHost }))),
  );
  return counts.reduce((sum, one) => sum + one, 0);
}

/** All requests of all apps; waits for what began within a span and can still end. */
export async function readRequests(lab: LabState, span: Span): Promise<HostRequests[]> {
  for (;;) {
    const hosts = await Promise.all(
      hostsOf(lab.hosts, 'app').map(async (host) => {
        const lines = await readLines<OpenedLine | RequestLine>(lab, host, REQUESTS, isRequest);
        const opened = lines.filter((line): line is OpenedLine => !isEnd(line));
        return { host: host.name, lines: lines.filter(isEnd), opened };
      }),
    );
    const left = hosts.some((one) => unended(one, span).length > 0);
    if (!left || Date.now() > span.to + LONGEST_REQUEST_MS) return hosts;
    await sleep(AGAIN_MS);
  }
}

/** Acknowledged writes of all apps. */
export async function readLedger(lab: LabState): Promise<LedgerLine[]> {
  const lines = await Promise.all(
    hostsOf(lab.hosts, 'app').map((host) => readLines<LedgerLine>(lab, host, LEDGER, isWrite)),
  );
  return lines.flat();
}

/** Acknowledged updates of all apps. */
export async function readUpdates(lab: LabState): Promise<UpdateLine[]> {
  const lines = await Promise.all(
    hostsOf(lab.hosts, 'app').map((host) => readLines<UpdateLine>(lab, host, UPDATES, isUpdate)),
  );
  return lines.flat();
}

/** What all apps did with registers. */
export async function readHistory(lab: LabState): Promise<HistoryLine[]> {
  const lines = await Promise.all(
    hostsOf(lab.hosts, 'app').map((host) => readLines<HistoryLine>(lab, host, HISTORY, isHistory)),
  );
  return lines.flat();
}

/** A file of JSON lines of an app host; `docker` cuts the last line end off, so one is put back where it was. */
async function readLines<T>(lab: LabState, host: LabHost, path: string, isLine: (value: T) => boolean): Promise<T[]> {
  const text = await exec(host, `cat ${path} && echo end-of-file`, { dockerHost: lab.dockerHost });
  const end = text.lastIndexOf('end-of-file');
  return parseLines(`${host.name}:${path}`, text.slice(0, end), isLine);
}
