/** Where HAProxy's master process is asked. */
export const MASTER_SOCKET = '/run/haproxy-master.sock';
/** The package's own configuration. */
export const CONFIG = '/etc/haproxy/haproxy.cfg';
const DEFAULTS = '/etc/default/haproxy';

/** Prints what the service would start with: what the host's own file sets, its environment, its command. */
export const SERVICE_SCRIPT = `if [ -r ${DEFAULTS} ]; then sed -n 's/^[[:space:]]*\\(CONFIG\\|EXTRAOPTS\\)=/default &/p' ${DEFAULTS}; fi
systemctl show -p Environment -p ExecStart haproxy.service 2>/dev/null || true`;

/**
 * Why a front would not be read by the service, from what {@link SERVICE_SCRIPT} printed; undefined when nothing keeps it from
 * that. A service that is not there yet is the package's.
 * @param file the front's configuration
 */
export function serviceProblem(printed: string, file: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trim());
  const set = (name: string, value: string, where: string) => {
    const unquoted = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    if (name === 'CONFIG' && unquoted !== CONFIG) return `${where} has it read ${unquoted || 'nothing'}, not ${CONFIG}`;
    const reads = unquoted === `-S ${MASTER_SOCKET}` || ` ${unquoted} `.includes(` -f ${file} `);
    if (name === 'EXTRAOPTS' && !reads) return `${where} sets EXTRAOPTS to "${unquoted}", without "-f ${file}"`;
    return undefined;
  };
  for (const line of lines) {
    const [, name, value = ''] = /^default\s+(CONFIG|EXTRAOPTS)=(.*)$/.exec(line) ?? [];
    const problem = name === undefined ? undefined : set(name, value, DEFAULTS);
    if (problem) return problem;
  }
  const environment = lines.find((line) => line.startsWith('Environment='))?.slice('Environment='.length) ?? '';
  for (const [, quoted, bare] of environment.matchAll(/"([^"]*)"|(\S+)/g)) {
    const [name = '', ...value] = (quoted ?? bare ?? '').split('=');
    const problem = set(name, value.join('='), 'a drop-in of its service');
    if (problem) return problem;
  }
  const command = lines.find((line) => line.startsWith('ExecStart='))?.slice('ExecStart='.length) ?? '';
  if (command !== '' && !(command.includes('-f $CONFIG') && command.includes('$EXTRAOPTS'))) {
    return 'its service is started by a command of its own, without "-f $CONFIG" and "$EXTRAOPTS"';
  }
  return undefined;
}
