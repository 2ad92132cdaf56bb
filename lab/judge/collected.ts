import type { HistoryLine, LedgerLine, UpdateLine } from '../app/journal';
import type { LabHost, LabState } from '../types';
import type { UnitEvent } from './journals';
import type { Loaded } from './loaded';
import type { LoggedFall } from './masters-log';
import type { AppPlaces } from './places';
import type { HostRequests } from './requests';
import type { SettingsSeen } from './settings';
import type { Snapshot } from './snapshot';
import type { Excuse, Mode, Word } from './types';
import type { Look } from './watch';
import type { Documents, LastWrite } from './writes';

/** Everything that a judgement rests on, as it was read: what comes of it is decided without any host. */
export interface Collected {
  lab: Pick<LabState, 'clusterName'> & { hosts: LabHost[] };
  mode: Mode;
  /** The judge's start, the start mark and the end mark, ms since the epoch. */
  watchedFrom: number;
  from: number;
  to: number;
  excuses: Excuse[];
  /** Absent where nobody kept what was said. */
  words?: Word[];
  falls: LoggedFall[];
  requests: HostRequests[];
  ledger: LedgerLine[];
  updates: UpdateLine[];
  /** What was done with registers, read after `registers` were, so that no write that is seen in them is missing. */
  history: HistoryLine[];
  /** The last write of each register in the final cluster, in their order, and when that was asked, ms since the epoch. */
  registers: { last: (LastWrite | undefined)[]; from: number; to: number };
  loaded: Loaded;
  /** Replicas that the plan asks for, by index. */
  replicas: Record<string, number>;
  /** The final cluster. */
  documents: Documents;
  finalHealth: string;
  finalNodes: string[];
  looks: Look[];
  /** Hosts before the start and after the end. */
  before: Snapshot;
  after: Snapshot;
  /** The cluster's settings before the start and after the end. */
  settings: { before: SettingsSeen; after: SettingsSeen };
  /** Starts and stops of Elasticsearch on old and new hosts, and of the app. */
  units: Record<'old' | 'new' | 'app', UnitEvent[]>;
  places: AppPlaces[];
  /** Files of the run in which a secret of the lab lies. */
  secretsSeen: string[];
  oldNodesRunning: number;
  /** Of all primaries, before the start. */
  primaryBytes: number;
}
