import { randomBytes } from 'node:crypto';
import type { Fact } from '../../contract/evidence';
import { nodesCa as caOfNodes } from '../../elasticsearch/client/endpoints/secured';
import { loginOf } from '../../elasticsearch/client/login';
import { quote, TEMPORARY_FOLDER } from '../../hosts/script';
import { hostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';

/** What one app host saw of one address: HTTP statuses as text, `000` for no answer. */
interface Look {
  app: string;
  target: string;
  right: string;
  wrong: string;
  none: string;
  oldTls: string;
  problem: string;
}

/** Escapes a value for a quoted string in curl's configuration, where a line end would begin another option. */
export function curlQuoted(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** Said of TLS 1.1 by an app host that can't speak it itself, be its curl too old or built with another library. */
const NOT_TRIED = 'not tried from here';

/** A node that is asked itself, beside the fronts. */
type AskedNode = Pick<Plan['hosts']['old'][number], 'name' | 'address'>;

/**
 * Asks every front, and some nodes, from one app host. Passwords reach curl over stdin (`-K -`), never as arguments.
 * Nodes that speak https are believed by the plan's CA, `$NODES_CA`, when their certificates name their addresses. Of a named CA
 * curl would believe those of the host as well, and of its user's `.curlrc` whatever stands there: both are switched off.
 * TLS 1.1 counts as refused only when the front itself says so; a host that can't even try it says that.
 */
export function frontLookScript(plan: Plan, nodes: readonly AskedNode[] = plan.hosts.old): string {
  const { front, hosts, elasticsearch } = plan;
  const alone = '--capath "$TEMP/none"';
  const ca = front.caFile === undefined ? '' : `--cacert ${quote(front.caFile)} ${alone}`;
  const fronts = hosts.new.map((node) => `${node.name}=https://${node.address}:${front.port}`);
  const scheme = elasticsearch.https ? 'https' : 'http';
  const direct = nodes.map((node) => `${node.name}=${scheme}://${node.address}:${elasticsearch.httpPort}`);
  const nodesCa = elasticsearch.https ? `--cacert "$TEMP/nodes-ca" ${alone}` : '';
  return `command -v curl >/dev/null || { echo "curl is not installed; install it" >&2; exit 1; }
${TEMPORARY_FOLDER}ERROR=$TEMP/error
mkdir "$TEMP/none"
path=/_cluster/health
${elasticsearch.https ? `printf '%s' "$NODES_CA" >"$TEMP/nodes-ca"\n` : ''}ask() { curl -q -sS -o /dev/null -w '%{http_code}' --noproxy '*' --connect-timeout 5 --max-time 15 "$@" 2>"$ERROR"; }
get() { ask "$@" || true; }
as() { option=$1; shift; printf '%s\\n' "$option" | get -K - "$@"; }
for front in ${fronts.map(quote).join(' ')}; do
  url=\${front#*=}$path
  right=$(as "$FRONT_USER" ${ca} "$url")
  problem=$(tr -d '\\t\\r\\n' <"$ERROR")
  wrong=$(as "$WRONG_USER" ${ca} "$url")
  none=$(get ${ca} "$url")
  rc=0
  ask ${ca} --tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 "$url" >/dev/null || rc=$?
  said=$(tr -d '\\t\\r\\n' <"$ERROR")
  case "$rc $said" in
    *'alert protocol version'*) tls=refused ;;
    # Of an option, a feature or ciphers that this curl has not, and of protocols that this host's own library keeps off.
    '2 '* | '4 '* | '48 '* | '59 '* | *'no protocols available'* | *'no ciphers available'*) tls="${NOT_TRIED} ($said)" ;;
    *) tls="not refused: $said" ;;
  esac
  printf 'front\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "\${front%%=*}" "$right" "$wrong" "$none" "$tls" "$problem"
done
for node in ${direct.map(quote).join(' ')}; do
  url=\${node#*=}$path
  none=$(get ${nodesCa} "$url")
  if [ -n "$LOGIN" ]; then right=$(as "$LOGIN" ${nodesCa} "$url"); else right=$none; fi
  printf 'node\\t%s\\t%s\\t\\t%s\\t\\t%s\\n' "\${node%%=*}" "$right" "$none" "$(tr -d '\\t\\r\\n' <"$ERROR")"
done`;
}

async function lookFrom(
  scope: Scope,
  deps: Deps,
  app: string,
  nodes: readonly AskedNode[],
): Promise<{ fronts: Look[]; nodes: Look[] }> {
  const { plan, hosts } = scope;
  const { username, password } = plan.front.auth;
  const login = await loginOf(plan, deps.secrets);
  const user = (of: string) => `user = "${curlQuoted(`${username}:${of}`)}"`;
  const secrets = {
    NODES_CA: (await caOfNodes(scope, deps.secrets)) ?? '',
    FRONT_USER: user(await deps.secrets.resolve(password)),
    WRONG_USER: user(randomBytes(16).toString('hex')),
    LOGIN: login ? `header = "${curlQuoted(`Authorization: ${login.header}`)}"` : '',
  };
  // The longest case: nothing answers, four requests to each front and two to each node.
  const timeoutSeconds = 30 + 5 * (4 * plan.hosts.new.length + 2 * nodes.length);
  const output = await hosts.ask(hostRef(plan, app), frontLookScript(plan, nodes), { secrets, timeoutSeconds });
  const rows = output.split('\n').map((line) => line.split('\t'));
  const looks = (kind: string) =>
    rows
      .filter(([what]) => what === kind)
      .map(([, target = '', right = '', wrong = '', none = '', oldTls = '', problem = '']): Look => {
        return { app, target, right, wrong, none, oldTls, problem };
      });
  return { fronts: looks('front'), nodes: looks('node') };
}

function sayFront(look: Look): string {
  const why = look.right === '200' || look.problem === '' ? '' : ` (${look.problem})`;
  return `${look.app}: ${look.right}${why}, wrong password ${look.wrong}, none ${look.none}, TLS 1.1 ${look.oldTls}`;
}

/** What a cluster says to who names no user, when it knows an anonymous one. */
const ANONYMOUS = ['200', '403'];

/**
 * Whether a front is as it must be.
 * @param without statuses of nodes to who names no user, where the cluster judges
 */
function holds(look: Look, without: string[]): boolean {
  const none = look.none === '401' || (ANONYMOUS.includes(look.none) && without.includes(look.none));
  return (
    look.right === '200' &&
    look.wrong === '401' &&
    none &&
    (look.oldTls === 'refused' || look.oldTls.startsWith(NOT_TRIED))
  );
}

/**
 * One fact for each front and, until the apps have left them, one for the old nodes, as every app host sees them. Never
 * throws: what could not be asked is a fact that does not hold.
 * @param oldServe whether old nodes are to answer as they always did
 */
export async function lookAtFronts(scope: Scope, deps: Deps, oldServe: boolean): Promise<Fact[]> {
  const { plan } = scope;
  // Where the cluster judges, a front says to nobody what a node does; where no old node need be left, a new one tells.
  const plain = oldServe ? plan.hosts.old : plan.elasticsearch.auth ? plan.hosts.new : [];
  const looks = await Promise.all(
    plan.hosts.apps.map(async ({ name }) => {
      try {
        return { name, seen: await lookFrom(scope, deps, name, plain) };
      } catch (error) {
        return { name, unknown: `${name}: unknown (${(error as Error).message})` };
      }
    }),
  );
  const fact = (
    name: string,
    kind: 'fronts' | 'nodes',
    targets: string[],
    good: (look: Look, without: string[]) => boolean,
  ): Fact => {
    const parts = looks.map(({ name: app, seen, unknown }) => {
      const found = seen?.[kind].filter((look) => targets.includes(look.target)) ?? [];
      if (found.length !== targets.length) return { ok: false, text: unknown ?? `${app}: no answer` };
      const without = plan.elasticsearch.auth ? (seen?.nodes.map((look) => look.none) ?? []) : [];
      const bad = found.filter((look) => !good(look, without));
      const shown =
        kind === 'fronts' ? found.map(sayFront) : bad.map((look) => `${look.target} ${look.right} ${look.problem}`);
      return { ok: bad.length === 0, text: kind === 'fronts' ? shown.join() : `${app}: ${shown.join(', ') || '200'}` };
    });
    return {
      name,
      ok: parts.length > 0 && parts.every(({ ok }) => ok),
      seen: parts.map(({ text }) => text).join('; '),
    };
  };
  const fronts = plan.hosts.new.map(({ name }) =>
    fact(`the front on ${name} answers every app host by https and password only`, 'fronts', [name], holds),
  );
  if (!oldServe) return fronts;
  const old = plan.hosts.old.map(({ name }) => name);
  const scheme = plan.elasticsearch.https ? 'https' : 'plain http';
  return [...fronts, fact(`${scheme} still works on the old nodes`, 'nodes', old, (look) => look.right === '200')];
}
