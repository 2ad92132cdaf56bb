import { bytes, count, dateTime, milliseconds } from '../../text/format';
import type { AuditEntry } from '../../contract/audit';
import type { HostView } from '../../view/hosts';
import type { View } from '../../view/view';

const SIGN: Record<HostView['mark'], string> = { good: '●', busy: '◐', off: '○', bad: '✗', unknown: '?' };

/** Every host with what is known of it. */
export function Hosts({ hosts }: { hosts: HostView[] }) {
  return (
    <section class="scroll">
      <table>
        <caption>Hosts</caption>
        <thead>
          <tr>
            <th scope="col">host</th>
            <th scope="col">state</th>
            <th scope="col" class="num">
              copies
            </th>
            <th scope="col" class="num">
              bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {hosts.map(({ name, role, mark, state, master, copies, bytes: size }) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi> <small>{role}</small>
              </th>
              <td>
                <span class={`mark ${mark}`} aria-hidden="true">
                  {SIGN[mark]}
                </span>{' '}
                {state}
                {master && ', master'}
              </td>
              <td class="num">{copies === undefined ? '' : count(copies)}</td>
              <td class="num">{size === undefined ? '' : bytes(size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What each app said last of its own requests. */
export function Apps({ view: { apps } }: { view: View }) {
  return (
    <section class="scroll">
      <table>
        <caption>Requests, as the apps report them</caption>
        <thead>
          <tr>
            <th scope="col">app</th>
            <th scope="col" class="num">
              requests
            </th>
            <th scope="col" class="num">
              failed
            </th>
            <th scope="col" class="num">
              p50
            </th>
            <th scope="col" class="num">
              p99
            </th>
          </tr>
        </thead>
        <tbody>
          {apps.map(({ name, requests, failed, p50Ms, p99Ms }) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td class="num">{count(requests)}</td>
              <td class={failed > 0 ? 'num bad' : 'num'}>{count(failed)}</td>
              <td class="num">{milliseconds(p50Ms)}</td>
              <td class="num">{milliseconds(p99Ms)}</td>
            </tr>
          ))}
          {apps.length === 0 && (
            <tr>
              <td colSpan={5}>No app has a command that reports them.</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

/** Everything that was said to the run, newest first. */
export function AuditTable({ audit }: { audit: AuditEntry[] }) {
  return (
    <section class="scroll" aria-label="Audit" tabIndex={0}>
      <table>
        <caption>Audit</caption>
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col">what</th>
            <th scope="col">who</th>
            <th scope="col">came of it</th>
          </tr>
        </thead>
        <tbody>
          {[...audit].reverse().map((entry, i) => (
            <tr key={audit.length - i}>
              <td class="tight">{dateTime(entry.at)}</td>
              <td>
                {entry.kind} {entry.gate}
              </td>
              <td>
                <bdi>{entry.by}</bdi>
              </td>
              <td>
                {!entry.accepted && <strong class="bad">refused: </strong>}
                <bdi>{[entry.reason, entry.note].filter((text) => text !== undefined).join('; ')}</bdi>
              </td>
            </tr>
          ))}
          {audit.length === 0 && (
            <tr>
              <td colSpan={4}>Nothing was said yet.</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
