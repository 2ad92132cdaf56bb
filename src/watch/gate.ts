import { clock, list } from '../text/format';
import type { GateView } from '../view/gate';
import { fit, line, shorten, styled, wrap, type Line } from './text';

/** The open gate with its evidence, one line a fact, in at most so many lines. */
export function gateLines(gate: GateView, columns: number, most: number): Line[] {
  const { facts, holds } = gate.evidence;
  const head = fit(
    line(
      styled('warn', `GATE ${gate.gate}`),
      ` open since ${clock(gate.openedAt)}, ${approvals(gate)}; evidence `,
      styled(holds ? 'good' : 'bad', holds ? 'holds' : 'does not hold'),
    ),
    columns,
  );
  // What is not good comes first: it is what a person has to see.
  const sorted = [...facts].sort((one, other) => Number(one.ok) - Number(other.ok));
  const room = most - 1;
  const shown = sorted.length <= room ? sorted : sorted.slice(0, Math.max(0, room - 1));
  const rest = sorted.length - shown.length;
  return [
    head,
    ...shown.map((fact) => fit(factLine(fact), columns)),
    ...(rest > 0 && room > 0 ? [fit(line(styled('dim', `  and ${rest} more: [a] shows all`)), columns)] : []),
  ];
}

function approvals({ approvals: given, approvalsNeeded }: GateView): string {
  const by = given.length > 0 ? ` (${list(given)})` : '';
  return `${given.length} of ${approvalsNeeded} approvals${by}`;
}

function factLine({ ok, name, seen }: GateView['evidence']['facts'][number]): Line {
  return line('  ', sign(ok), ` ${name}: `, styled('dim', seen));
}

function sign(ok: boolean) {
  return ok ? styled('good', '✓') : styled('bad', '✗');
}

/** All of a gate, every word of its evidence: what has to be read before it is approved. */
export function wholeGate(gate: GateView, columns: number): Line[] {
  const { evidence } = gate;
  return [
    line(styled('warn', `GATE ${gate.gate}`), `  ${approvals(gate)}`),
    ...wrap(gate.leadsTo, columns).map((part) => line(part)),
    [],
    line(
      `Evidence taken ${clock(evidence.takenAt)} UTC, token ${shorten(gate.token, 16)}: `,
      evidence.holds ? styled('good', 'it holds') : styled('bad', 'it does not hold'),
    ),
    ...evidence.facts.flatMap((fact) => {
      const [first = '', ...rest] = wrap(fact.name, columns - 4);
      return [
        line('  ', sign(fact.ok), ` ${first}`),
        ...rest.map((part) => line(`    ${part}`)),
        ...wrap(fact.seen, columns - 6).map((part) => line('      ', styled('dim', part))),
      ];
    }),
  ].map((parts) => fit(parts, columns));
}
