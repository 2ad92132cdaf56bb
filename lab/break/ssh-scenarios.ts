import { ALL_HOSTS, type Scenario } from './scenario';

/** Processes of sessions that are open; the server itself is `sshd: /usr/sbin/sshd`. */
const SESSIONS = `'^sshd: [a-z_-]+(@| \\[priv\\])'`;
const LIMIT = '/etc/ssh/sshd_config.d/lab-limit.conf';

/** Says a session in which something was stopped, or goes on, by its process id; a session's own process is left out. */
function signalCommands(signal: 'STOP' | 'CONT'): string {
  return `for session in $(pgrep -f '^sshd: [a-z_-]+@'); do
  if pkill -${signal} -P "$session"; then echo "$session"; fi
done`;
}

/** Ways to break how a host is reached by SSH. */
export const SSH_SCENARIOS: Scenario[] = [
  {
    name: 'stop-sshd',
    summary: 'stop the SSH server and cut the sessions that are open',
    roles: ALL_HOSTS,
    defaultSeconds: 30,
    breaking: () => 'systemctl kill --kill-whom=all --signal=KILL ssh || true\nsystemctl stop ssh',
    undoing: () => 'systemctl reset-failed ssh 2>/dev/null || true\nsystemctl start ssh',
  },
  {
    name: 'cut-ssh',
    summary: 'cut the SSH sessions that are open; the server stays',
    roles: ALL_HOSTS,
    breaking: () => `pkill -KILL -f ${SESSIONS} || true`,
    undoing: () => ':',
  },
  {
    name: 'hang-commands',
    summary: 'stop what runs in the open SSH sessions, so that it hangs; waits up to 10 s for something that runs',
    roles: ALL_HOSTS,
    defaultSeconds: 45,
    breaking: () => `for try in $(seq 100); do
  stopped=$(${signalCommands('STOP')})
  [ -z "$stopped" ] || break
  sleep 0.1
done
echo "$stopped"`,
    undoing: () => signalCommands('CONT'),
  },
  {
    name: 'limit-ssh',
    summary: 'let a connection have one session only, refuse most new connections, and cut those that are open',
    roles: ALL_HOSTS,
    defaultSeconds: 60,
    breaking: () => `printf 'MaxSessions 1\\nMaxStartups 1:80:3\\n' >${LIMIT}
systemctl reload ssh
pkill -KILL -f ${SESSIONS} || true`,
    undoing: () => `rm -f ${LIMIT}\nsystemctl reload ssh`,
  },
];
