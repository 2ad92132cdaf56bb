import { familyOf } from '../../../hosts/family';
import { asLogin, quote } from '../../../hosts/script';
import { enterFolderOf } from '../../../hosts/target';
import { hostRef } from '../../../plan/hosts';
import type { AppHost, Plan } from '../../../plan/schema';

/** Connections that one app host tries side by side. */
const TRIES = 16;

/** Where a front's certificates lie, and what an app host is to verify them against. */
export interface FrontChain {
  host: string;
  address: string;
  /** PEM, the host's own certificate first. */
  chain: string;
}

/** What preflight asks an app host alone. @param chains certificates of the fronts, which it is to trust */
export function appScript(plan: Plan, app: AppHost, chains: FrontChain[]): string {
  return appConfig(app) + appCommands(plan, app) + appPaths(plan) + appTrust(plan, chains);
}

function appConfig(app: AppHost): string {
  const path = quote(app.config.path);
  // Root reads it: it must not be led to what only root may read.
  return `if [ ! -e ${path} ]; then say app-config -
elif why=$(
exec 2>&1
${enterFolderOf(app.config.path)}
open_there
); then file app-config ${path}
else say app-config-refused "$why"; fi
say app-config-mode "$(stat -Lc %a ${path} 2>/dev/null)"
`;
}

/** First word of a command, without assignments before it. */
function firstWord(command: string): string {
  return (
    command
      .trim()
      .replace(/^([A-Za-z_][A-Za-z0-9_]*=\S*\s+)+/, '')
      .split(/[\s;|&<>()]/)[0] ?? ''
  );
}

function appCommands(plan: Plan, app: AppHost): string {
  const { services } = familyOf(hostRef(plan, app.name));
  const commands = [app.restart, app.check, ...(app.stats === undefined ? [] : [app.stats])];
  const words = [...new Set(commands.map(firstWord).filter((word) => word !== ''))];
  const units = [...new Set(commands.flatMap((command) => services.namedIn(command)))];
  const found = (word: string) => asLogin(`command -v ${quote(word)} >/dev/null`, 10);
  return `${words.map((word) => `${found(word)} || say lacks-app ${quote(word)}\n`).join('')}${units.map((unit) => `${services.isKnown(unit)} || say no-unit ${quote(unit)}\n`).join('')}${asLogin(app.check, 20)} >/dev/null 2>&1; say check $?
`;
}

/** Whether old nodes can be reached, and whether packets to the fronts get an answer, be it a refusal. */
function appPaths(plan: Plan): string {
  const targets = [
    ...plan.hosts.old.map((host) => `old ${host.address} ${plan.elasticsearch.httpPort}`),
    ...plan.hosts.new.map((host) => `front ${host.address} ${plan.front.port}`),
  ];
  return `if command -v bash >/dev/null; then
  try='timeout 5 bash -c ": </dev/tcp/$2/$3" 2>/dev/null; echo "$1=$2 $?"'
  printf '%s\\n' ${targets.map(quote).join(' ')} | xargs -P ${TRIES} -L 1 sh -c "$try" try
fi
`;
}

function appTrust(plan: Plan, chains: FrontChain[]): string {
  const { caFile } = plan.front;
  const end = 'BIGSWITCH_END_OF_CHAIN';
  const anchors = caFile === undefined ? '' : `-no-CApath -CAfile ${quote(caFile)}`;
  const verify = chains
    .filter(({ chain }) => /^[A-Za-z0-9+/=\s-]+$/.test(chain) && !chain.includes(end))
    .map(
      ({
        host,
        address,
        chain,
      }) => `if why=$(openssl verify -purpose sslserver -verify_ip ${quote(address)} ${anchors} -untrusted /dev/fd/3 /dev/fd/4 2>&1 3<<'${end}' 4<<'${end}'
${chain}
${end}
${chain}
${end}
); then say trust ${quote(`${host} yes`)}; else say trust ${quote(host)}" $why"; fi
`,
    )
    .join('');
  return `${caFile === undefined ? '' : `file ca ${quote(caFile)}\n`}if command -v openssl >/dev/null; then :
${verify}else say trust unknown; fi
`;
}
