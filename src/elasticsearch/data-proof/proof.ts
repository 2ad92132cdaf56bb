import type { DataProof, NamedIndex } from '../../contract/data-proof';
import type { Fact } from '../../contract/evidence';
import type { GateName } from '../../contract/phases';
import { readNodes } from '../looks/nodes';
import { reachSide } from '../looks/reach';
import { readShards } from '../shards/table';
import { whatIsCompared } from './compared';
import { sameNumberOfDocuments } from './counts';
import { sameDocuments } from './documents';
import { figuresOf } from './figures';
import type { DataLook, Found } from './look';
import { documentsIn, everyCopyHasEveryWrite } from './writes';
import type { Looking, Scope } from '../scope';

/** Facts about the data, and the figures behind them. */
export interface DataFacts {
  facts: Fact[];
  data?: DataProof;
}

/** So many indices are named in a fact, and in the figures. */
const NAMED_IN_FACT = 3;
const NAMED = 10;

const WRITES = 'every copy has every write';
const COUNTS = 'copies hold the same number of documents';
const DOCUMENTS = 'sampled documents are the same on both sides';

const PROVES: Record<string, string> = {
  [WRITES]:
    'Each copy has processed every write that any copy knew of when the look began, so none is lost with a node. It does not prove what those writes say.',
  [COUNTS]:
    'No copy of a shard has more or fewer documents than another copy of it. It does not prove that they are the same documents.',
  [DOCUMENTS]:
    'Version, sequence number and content (SHA-256) of each sampled document are equal when they are read from one copy on each side. It does not prove anything of documents that were not sampled.',
};

/**
 * Compares the data of both sides while apps write to it. Never throws: what can't be seen is a fact that is not ok.
 * @param gate what is compared depends on it, see `whatIsCompared`
 */
export async function dataFacts(deps: Looking, scope: Scope, gate: GateName): Promise<DataFacts> {
  try {
    const { client } = await reachSide(scope, 'new');
    const [table, nodes] = [await readShards(client), await readNodes(client)];
    const look: DataLook = {
      deps,
      client,
      compared: whatIsCompared(scope.plan, gate, table),
      nameOf: (id) => nodes.find((node) => node.id === id)?.name ?? id,
      idOf: (name) => nodes.find((node) => node.name === name)?.id ?? name,
    };
    return await compareAll(look);
  } catch (error) {
    return { facts: [WRITES, COUNTS, DOCUMENTS].map((name) => notSeen(name, error)) };
  }
}

async function compareAll(look: DataLook): Promise<DataFacts> {
  const { between, groups, onlyCopies } = look.compared;
  const began = Date.now();
  const writes = await everyCopyHasEveryWrite(look);
  const looked = (fact: string) => look.deps.log.debug({ fact, ms: Date.now() - began }, 'looked at the data');
  looked(WRITES);
  const facts = [factOf(WRITES, writes)];
  const found: Found[] = [writes];
  const part = async (name: string, ask: () => Promise<Found>) => {
    try {
      const one = await ask();
      found.push(one);
      facts.push(factOf(name, one));
      looked(name);
      return one;
    } catch (error) {
      facts.push(notSeen(name, error));
      return undefined;
    }
  };
  await part(COUNTS, () => sameNumberOfDocuments(look, writes));
  const sample = { documents: 0, shards: 0 };
  await part(DOCUMENTS, () => sameDocuments(look, writes, sample));
  const [different, notCompared] = [found.flatMap((one) => one.different), found.flatMap((one) => one.notCompared)];
  return {
    facts,
    data: {
      between,
      indices: new Set(groups.map((group) => group.index)).size,
      shards: groups.length,
      copies: groups.reduce((sum, group) => sum + group.copies.length, 0),
      onlyCopies,
      documents: documentsIn(writes),
      sampledDocuments: sample.documents,
      sampledShards: sample.shards,
      ...figuresOf(look, writes, new Set(different.map((one) => one.index))),
      different: different.slice(0, NAMED),
      differentMore: Math.max(0, different.length - NAMED),
      notCompared: notCompared.slice(0, NAMED),
      notComparedMore: Math.max(0, notCompared.length - NAMED),
    },
  };
}

function factOf(name: string, { seen, different, notCompared }: Found): Fact {
  const told = (all: NamedIndex[]) => {
    const shown = all.slice(0, NAMED_IN_FACT).map(({ index, what }) => `${index}: ${what}`);
    return shown.join('; ') + (all.length > NAMED_IN_FACT ? `; and ${all.length - NAMED_IN_FACT} more` : '');
  };
  const rest = notCompared.length > 0 ? `; not compared: ${told(notCompared)}` : '';
  const proves = PROVES[name];
  if (different.length > 0) return { name, ok: false, seen: told(different), ...(proves && { proves }) };
  return { name, ok: true, seen: seen + rest, ...(proves && { proves }) };
}

function notSeen(name: string, error: unknown): Fact {
  return { name, ok: false, seen: `could not be seen: ${(error as Error).message}` };
}
