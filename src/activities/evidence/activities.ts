import pMap from 'p-map';
import type { Activities } from '../../contract/activities';
import type { Evidence, Fact } from '../../contract/evidence';
import type { GateName } from '../../contract/phases';
import { plannedNode } from '../../plan/hosts';
import { dataFacts, type DataFacts } from '../../elasticsearch/data-proof/proof';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { appsHealthy, appsUseFronts, noClientsOn } from './apps';
import { appsCanReturn } from './way-back';
import {
  atRest,
  copiesOnBothSides,
  copiesOf,
  documents,
  everyNodeSeen,
  notTheMasterUnlessLast,
  oldNodesGone,
  quorumOn,
  roomWithout,
  votersTold,
} from './cluster';
import { nothingHolds } from './held';
import { lookAtRecord } from './record';
import type { Question } from './question';
import { lookAtSwitched, type Switched } from './switched';
import { lookAtFronts } from '../front/proof';

const NOT_ASKED: Switched = { facts: [], switched: [] };

/** The activity that takes the facts of a gate. */
export function createEvidenceActivities(deps: Deps): Pick<Activities, 'gatherEvidence'> {
  return {
    async gatherEvidence({ gate, kept = [], switched: known = [] }) {
      const scope = await deps.scope();
      // Side by side: between an approval and the action this look is what a person waits for.
      const [about, { facts: aboutData, data }, record, apps] = await Promise.all([
        factsOf(deps, scope, gate),
        lookAtData(deps, scope, gate),
        lookAtRecord(scope, kept),
        gate === 'big-switch' ? lookAtSwitched(scope, known) : NOT_ASKED,
      ]);
      const facts = [...about, ...apps.facts, ...aboutData, ...record.facts];
      return {
        gate,
        takenAt: new Date().toISOString(),
        run: deps.server.run(),
        holds: facts.every((fact) => fact.ok),
        facts,
        ...(data && { data }),
        ...(apps.switched.length > 0 && { switched: apps.switched }),
        ...(record.lost.length > 0 && { lost: record.lost }),
      } satisfies Evidence;
    },
  };
}

async function factsOf(deps: Deps, scope: Scope, gate: GateName): Promise<Fact[]> {
  if (gate === 'big-switch') {
    const sides = [atRest(scope), copiesOnBothSides(scope), everyNodeSeen(scope), quorumOn(scope, 'old')];
    const cluster = [...sides, nothingHolds(scope), documents(scope)];
    const groups = await Promise.all([
      answers(deps, cluster),
      fronts(deps, scope, true),
      answers(deps, [appsHealthy(scope), appsCanReturn(scope)]),
    ]);
    return groups.flat();
  }
  if (gate === 'teardown') {
    const groups = await Promise.all([
      answers(deps, [oldNodesGone(scope), atRest(scope), votersTold(scope), documents(scope)]),
      onTheFronts(deps, scope),
    ]);
    return groups.flat();
  }
  const node = plannedNode(scope.plan, gate.slice('drain:'.length));
  const groups = await Promise.all([
    answers(deps, [
      atRest(scope),
      copiesOf(scope, node),
      noClientsOn(scope, node),
      roomWithout(scope, node),
      quorumOn(scope, 'new'),
      notTheMasterUnlessLast(scope, node),
      nothingHolds(scope),
      documents(scope),
    ]),
    onTheFronts(deps, scope),
  ]);
  return groups.flat();
}

/** From the switch on: apps use the fronts and nothing else, are well there, and the fronts answer. */
async function onTheFronts(deps: Deps, scope: Scope): Promise<Fact[]> {
  const groups = await Promise.all([
    answers(deps, [appsUseFronts(scope), appsHealthy(scope)]),
    fronts(deps, scope, false),
  ]);
  return groups.flat();
}

/**
 * Milliseconds before each further look at a fact that is not ok: a mapping change is a pending task for a moment, and no
 * reason to refuse. Short at first, as a person who has approved waits.
 */
const PAUSES_MS = [200, 800, 3_000];
/** Milliseconds before the data is looked at once more. */
const DATA_PAUSE_MS = 2_000;
/** Questions of one kind that are asked at the same time; each is a few requests to the cluster or one command on a host. */
const SIDE_BY_SIDE = 4;

/** The data is looked at once more when something differs or can't be seen; each look is patient by itself. */
async function lookAtData(deps: Deps, scope: Scope, gate: GateName): Promise<DataFacts> {
  const first = await dataFacts(deps, scope, gate);
  if (first.facts.every((fact) => fact.ok)) return first;
  await deps.sleep(DATA_PAUSE_MS);
  return dataFacts(deps, scope, gate);
}

/** Asks all of them, side by side. @returns the facts in the order of the questions */
async function answers(deps: Deps, questions: Question[]): Promise<Fact[]> {
  const ask = async (question: Question) => {
    const began = Date.now();
    let fact = await answer(question);
    for (const pause of PAUSES_MS) {
      if (fact.ok) break;
      await deps.sleep(pause);
      fact = await answer(question);
    }
    deps.heartbeat();
    deps.log.debug({ fact: question.name, ok: fact.ok, ms: Date.now() - began }, 'looked at a fact');
    return fact;
  };
  return pMap(questions, ask, { concurrency: SIDE_BY_SIDE });
}

/** A question that can't be answered is a fact that is not ok: unknown is never good. */
async function answer({ name, ask }: Question): Promise<Fact> {
  try {
    return { name, ...(await ask()) };
  } catch (error) {
    return { name, ok: false, seen: `could not be seen: ${(error as Error).message}` };
  }
}

async function fronts(deps: Deps, scope: Scope, oldServe: boolean): Promise<Fact[]> {
  const name = 'every front answers the apps by https with authentication';
  try {
    const facts = await lookAtFronts(scope, deps, oldServe);
    return facts.length > 0 ? facts : [{ name, ok: false, seen: 'no front was looked at' }];
  } catch (error) {
    return [{ name, ok: false, seen: `could not be seen: ${(error as Error).message}` }];
  }
}
