import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { bytes, count, duration } from '../../text/format';
import { wordOf } from '../../view/outcome';
import type { View } from '../../view/view';
import { heldSentence, rollbackSentence } from '../../view/held';
import { canEndHolds, canGoOn, canPause } from '../../view/wish';
import { GateCard } from './gate-card';
import { say, useLive, type Answer } from './live';
import { Plots } from './plots';
import { Shards } from './shards';
import { Apps, AuditTable, Hosts } from './tables';
import { Timeline } from './timeline';

/** A picture that is older than this many milliseconds says so. */
const FRESH_MS = 10_000;

/** The whole page. */
export function App() {
  const { view, connected, now, closed } = useLive();
  const [answer, setAnswer] = useState<Answer>();
  const { word, tone } = view ? wordOf(view) : { word: 'waiting', tone: 'plain' };
  useEffect(() => {
    if (view) document.title = view.gate ? `● gate ${view.gate.gate} – ${view.name}` : `${view.name}: ${word}`;
  }, [view?.gate?.gate, view?.name, word]);
  if (closed !== undefined) return <p role="alert">{closed}</p>;
  if (!view) return <p role="status">Waiting for the first picture of the migration.</p>;
  const old = now - view.at > FRESH_MS || !connected;
  return (
    <>
      <a class="skip" href="#now">
        Skip to what happens now
      </a>
      <header>
        <h1>
          <bdi>{view.name}</bdi> <span class={`badge ${tone}`}>{word}</span>
        </h1>
        <p class="meta">
          cluster <bdi>{view.cluster.name}</bdi> {view.cluster.version}, workflow <code>{view.workflowId}</code>
        </p>
        <div class="controls">
          {canPause(view) && <Control kind="pause" onAnswer={setAnswer} />}
          {canGoOn(view) && <Control kind="resume" onAnswer={setAnswer} />}
          {canEndHolds(view) && <Control kind="resume-all" onAnswer={setAnswer} />}
        </div>
      </header>
      <main id="now" tabIndex={-1}>
        {/* Read out when it changes, and only then. */}
        <p role="status" class="doing">
          <strong>{view.phase}</strong>: <bdi>{view.doing}</bdi>
        </p>
        <div role="alert">
          {old && (
            <p class="trouble warn">
              {connected ? 'This picture is old' : 'No connection to the console'}: it is from{' '}
              {new Date(view.at).toLocaleTimeString()}.
            </p>
          )}
          <Trouble view={view} />
        </div>
        <p
          role="status"
          class={answer ? `answer ${answer.accepted ? 'good' : 'bad'}` : 'answer'}
          id="answer"
          tabIndex={-1}
        >
          {answer?.told}
        </p>
        {view.gate && <GateCard key={view.gate.token} gate={view.gate} onAnswer={setAnswer} />}
        <Figures view={view} />
        <Timeline view={view} />
        <Shards view={view} />
        <Plots samples={view.samples} />
        <div class="columns">
          <Hosts hosts={view.hosts} />
          <Apps view={view} />
        </div>
        <AuditTable audit={view.audit} />
      </main>
    </>
  );
}

const CONTROLS = {
  pause: ['Pause before the next change', { kind: 'pause' }],
  resume: ['Continue', { kind: 'resume' }],
  'resume-all': ["End everybody's pause", { kind: 'resume', all: true }],
} as const;

function Control({ kind, onAnswer }: { kind: keyof typeof CONTROLS; onAnswer: (answer: Answer) => void }) {
  const [what, wish] = CONTROLS[kind];
  return (
    <button type="button" onClick={() => void say(wish).then(onAnswer)}>
      {what}
    </button>
  );
}

function Trouble({ view }: { view: View }) {
  const { blocked, asks, problem, progress, retries } = view;
  const told = [heldSentence(view), rollbackSentence(view)].filter((one) => one !== undefined);
  const stuck = progress?.stuck;
  return (
    <>
      {blocked !== undefined && (
        <p class="trouble bad">
          Blocked: <bdi>{blocked}</bdi>
        </p>
      )}
      {asks !== undefined && (
        <p class="trouble warn">
          It asks: <bdi>{asks}</bdi>
        </p>
      )}
      {progress?.waits !== undefined && (
        <p class="trouble warn">
          Waits: <bdi>{progress.waits}</bdi>
        </p>
      )}
      {stuck && (
        <p class="trouble bad">
          Stuck: <bdi>{stuck.sentence}</bdi> {stuck.action}
        </p>
      )}
      {told.map((sentence) => (
        <p class="trouble warn" key={sentence}>
          <bdi>{sentence}</bdi>
        </p>
      ))}
      {problem !== undefined && <p class="trouble warn">{problem}</p>}
      {retries.map((sentence) => (
        <p class="trouble warn" key={sentence}>
          <bdi>{sentence}</bdi>
        </p>
      ))}
    </>
  );
}

function Figures({ view: { progress, cluster, bridge } }: { view: View }) {
  return (
    <section aria-label="Figures">
      {progress && (
        <div class="progress">
          <progress value={progress.share} max={1} aria-label={`Share that is moved in this phase`} />
          <span>
            {Math.floor(progress.share * 100)} %, {count(progress.shardsTotal - progress.shardsLeft)} of{' '}
            {count(progress.shardsTotal)} shards
          </span>
        </div>
      )}
      <dl class="tiles">
        <Tile name="Health" class={`health ${cluster.health}`}>
          {cluster.health}
          <small>{count(cluster.unassigned)} unassigned</small>
        </Tile>
        <Tile name="Bridge">
          {bridge.bytesPerSecond === undefined ? 'unknown' : `${bytes(bridge.bytesPerSecond)}/s`}
          <small>{bridge.bytes === undefined ? 'nothing measured yet' : `${bytes(bridge.bytes)} so far`}</small>
        </Tile>
        <Tile name="On the move">
          {count(cluster.relocating)}
          <small>{count(cluster.initializing)} starting</small>
        </Tile>
        <Tile name="Time left">
          {progress?.etaSeconds === undefined ? '–' : duration(progress.etaSeconds)}
          <small>{progress ? `${bytes(progress.bytesLeft)} to go in this phase` : 'nothing is being moved'}</small>
        </Tile>
      </dl>
    </section>
  );
}

function Tile({ name, children, class: tone }: { name: string; children: ComponentChildren; class?: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class={tone}>{children}</dd>
    </div>
  );
}
