import type { Client } from '@elastic/elasticsearch';
import type { NamedIndex } from '../../contract/data-proof';
import type { Looking } from '../scope';
import type { Compared } from './compared';

/** What the parts of a data proof work with. */
export interface DataLook {
  deps: Looking;
  client: Client;
  compared: Compared;
  /** Names of nodes by id, and ids by name. */
  nameOf: (id: string) => string;
  idOf: (name: string) => string;
}

/** What one part of the proof found. */
export interface Found {
  /** What was seen when nothing is different. */
  seen: string;
  different: NamedIndex[];
  notCompared: NamedIndex[];
}
