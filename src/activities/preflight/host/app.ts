import type { Check } from '../../../contract/evidence';
import { excerpt } from '../../../hosts/errors';
import { frontUrls, oldEndpointsIn, renderAppConfig, sniffingIn } from '../../../hosts/app-config';
import type { AppHost, Plan } from '../../../plan/schema';
import { failed, passed, refused, warned } from '../check';
import type { HostFacts } from './facts';

/** Exit code of a connection that got no answer in time; any other says that packets came back. */
const TIMED_OUT = 124;

/** Checks of an app host. Pure. @param template the whole file for format `text`, already read on the worker */
export function appChecks(plan: Plan, app: AppHost, facts: HostFacts, template?: string): Check[] {
  return [
    config(plan, app, facts, template),
    readers(app, facts),
    ...sniffing(plan, app, facts, template),
    commands(app, facts),
    health(app, facts),
    ...oldNodes(plan, app, facts),
    ...fronts(plan, app, facts),
    ...trust(plan, app, facts),
  ];
}

function config(plan: Plan, app: AppHost, facts: HostFacts, template?: string): Check {
  const check = 'app-config';
  const { path, format } = app.config;
  const correct = "correct the app's `config` in the plan, or the file";
  try {
    const why = facts.one('app-config-refused');
    if (why !== undefined) return refused(check, app.name, `${path} is not read: ${why}`, correct);
    const text = facts.text('app-config');
    if (text === undefined) return refused(check, app.name, `there is no file ${path}`, correct);
    const old = oldEndpointsIn(format, text, plan);
    const left = oldEndpointsIn(format, rendered(plan, app, text, template), plan);
    if (left.length > 0) {
      const keys = [...new Set(left.map(({ key }) => key))].join(', ');
      const seen = `${path} would still name old nodes after the switch, in ${keys}`;
      return failed(check, app.name, seen, "add these keys to the app's `config.set` in the plan");
    }
    if (old.length === 0)
      return warned(
        check,
        app.name,
        `${path} names none of the old nodes`,
        `${correct}, if it is not the one that names the endpoints`,
      );
    return passed(check, `${path} can be pointed at the fronts; it names ${old.length} old endpoints now`, app.name);
  } catch (error) {
    return refused(check, app.name, `${path} ${(error as Error).message}`, correct);
  }
}

/** A file that needed no secret until now is often there for everybody, and keeps its mode when the password is written to it. */
function readers(app: AppHost, facts: HostFacts): Check {
  const check = 'app-config-readers';
  const { path } = app.config;
  const mode = facts.one('app-config-mode');
  const remedy = `let only the app's own user read it, for example by \`chown root:APP ${path}\` and \`chmod 0640 ${path}\``;
  if (!mode) return failed(check, app.name, `who may read ${path} was not seen`, remedy);
  if ((Number.parseInt(mode, 8) & 0o004) === 0) return passed(check, `not everybody there may read ${path}`, app.name);
  const seen = `every user there may read ${path} (mode ${mode}), into which the front's password is written`;
  return failed(check, app.name, seen, remedy);
}

/** The file as it will be, but for the password: what can't be written then is told now. */
function rendered(plan: Plan, app: AppHost, text: string, template?: string): string {
  const values = { urls: frontUrls(plan), username: plan.front.auth.username, password: 'x' };
  return renderAppConfig(app.config, text, values, template);
}

/** A client that asks the cluster for its nodes may go past the fronts, by plain http and with the password. */
function sniffing(plan: Plan, app: AppHost, facts: HostFacts, template?: string): Check[] {
  const check = 'app-sniffing';
  try {
    const text = facts.text('app-config');
    if (text === undefined) return [];
    const keys = sniffingIn(app.config.format, rendered(plan, app, text, template));
    if (keys.length === 0) return [passed(check, `${app.config.path} tells no client to ask for nodes`, app.name)];
    const seen = `by ${keys.join(', ')} of ${app.config.path} its client asks the cluster for its nodes, and leaves the endpoints that it was given`;
    const remedy =
      "switch that off by the app's `config.set` in the plan; or waive this once you have tried that the client comes to the fronts by https, since fronts name themselves (docs/RUNBOOK.md)";
    return [failed(check, app.name, seen, remedy)];
  } catch {
    // The check of the file itself says why it can't be read.
    return [];
  }
}

function commands(app: AppHost, facts: HostFacts): Check {
  const lacks = facts.all('lacks-app').map((word) => `there is no command ${word}`);
  const units = facts.all('no-unit').map((unit) => `there is no unit ${unit}`);
  const problems = [...lacks, ...units];
  if (problems.length === 0) return passed('app-commands', 'the commands of the plan are there', app.name);
  const remedy = "correct the app's `restart`, `check` and `stats` in the plan, or install what is missing";
  return refused('app-commands', app.name, problems.join('; '), remedy);
}

/** What does not work before the switch can't tell afterwards whether the switch worked. */
function health(app: AppHost, facts: HostFacts): Check {
  const code = facts.one('check');
  if (code === '0') return passed('app-check', "the app's check succeeds", app.name);
  const seen =
    code === undefined
      ? 'was not run'
      : code === String(TIMED_OUT)
        ? 'gave no answer in 20 s'
        : `ends with exit code ${code}`;
  return failed(
    'app-check',
    app.name,
    `its check \`${app.check}\` ${seen}`,
    'make the app healthy first, or correct `check`',
  );
}

function connections(facts: HostFacts, kind: 'old' | 'front'): Map<string, string> {
  return new Map(
    facts.all(kind).map((value): [string, string] => {
      const [address = '', code = ''] = value.split(' ');
      return [address, code];
    }),
  );
}

function oldNodes(plan: Plan, app: AppHost, facts: HostFacts): Check[] {
  const check = 'app-old-nodes';
  const port = plan.elasticsearch.httpPort;
  const codes = connections(facts, 'old');
  const silent = plan.hosts.old.filter((host) => codes.get(host.address) !== '0');
  if (silent.length === 0) return [passed(check, `reaches port ${port} of every old node`, app.name)];
  const list = silent.map((host) => `${host.name} (${host.address}:${port})`).join(', ');
  const remedy = 'open the way from this host to the old nodes: without it the app could not go back to them';
  return [failed(check, app.name, `can't reach ${list}`, remedy)];
}

/** Nothing listens there yet; but a packet that gets no answer at all tells of a firewall or a missing route. */
function fronts(plan: Plan, app: AppHost, facts: HostFacts): Check[] {
  const check = 'app-fronts';
  const codes = connections(facts, 'front');
  const silent = plan.hosts.new.filter((host) => ['', String(TIMED_OUT)].includes(codes.get(host.address) ?? ''));
  if (silent.length === 0) return [passed(check, 'every new host answers from here', app.name)];
  const list = silent.map((host) => `${host.address}:${plan.front.port}`).join(', ');
  return [
    failed(
      check,
      app.name,
      `no answer at all from ${list}`,
      'add a route, or open the firewall, from this host to the fronts',
    ),
  ];
}

function trust(plan: Plan, app: AppHost, facts: HostFacts): Check[] {
  const check = 'front-trust';
  const { caFile } = plan.front;
  if (caFile !== undefined && facts.bytes('ca') === undefined) {
    return [
      refused(
        check,
        app.name,
        `there is no file ${caFile}`,
        "put the fronts' CA certificate there, or correct front.caFile",
      ),
    ];
  }
  const said = facts.all('trust');
  const anchors = caFile ?? "the system's certificates";
  if (said.includes('unknown') || said.length === 0) {
    const seen =
      said.length === 0 ? 'no front certificate could be had to look at' : 'there is no openssl on this host';
    const remedy = 'nothing: it is proven in the phase front, before any app is switched';
    return [warned(check, app.name, `whether ${anchors} vouch for the fronts is not known: ${seen}`, remedy)];
  }
  const doubted = said.filter((value) => !value.endsWith(' yes'));
  if (doubted.length === 0) return [passed(check, `${anchors} vouch for ${said.length} fronts`, app.name)];
  // Most often it is one reason for all of them.
  const reasonOf = (value: string) => value.slice(value.indexOf(' ') + 1);
  return [...new Set(doubted.map(reasonOf))].map((why) => {
    const hosts = doubted.filter((value) => reasonOf(value) === why).map((value) => value.split(' ')[0]);
    const seen = `${anchors} do not vouch for the certificate of ${hosts.join(', ')}: ${excerpt(why, {}, 300)}`;
    const chain = `put issuers that are missing into ${plan.front.certificate.chain} there`;
    const ca = caFile
      ? `put the CA that signed it into ${caFile} on this host`
      : 'name the file on this host with the CA that signed it in front.caFile';
    return failed(check, app.name, seen, `${ca}, or ${chain}`);
  });
}
