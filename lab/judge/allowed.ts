import type { LabHost } from '../types';
import type { Mode } from './types';

/** A difference that a finished run may leave, and why. */
export interface Allowance {
  reason: string;
  what: RegExp;
  /** Default: every role. */
  roles?: LabHost['role'][];
  /** Default: both. */
  modes?: Mode[];
  /** What it must be afterwards; default: anything. `none` is matched by what is gone. */
  after?: RegExp;
}

const MIGRATED: Mode[] = ['migrated'];

/** What comes and goes on a Debian host by itself, whoever works on it. */
const BY_ITSELF: Allowance[] = [
  {
    reason: 'package tools keep a copy of the account files as they were before their last change',
    what: /^(file|content) \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  },
  { reason: 'the linker rebuilds its cache whenever a library comes or goes', what: /^content \/etc\/ld\.so\.cache$/ },
  {
    reason: 'systemd cleans temporary files by a timer, a quarter of an hour after boot',
    what: /^unit systemd-tmpfiles-clean\.(service|timer)$/,
  },
  {
    reason: 'a target without effect of its own: systemd reaches it when the first unit asks for a network',
    what: /^unit network-online\.target$/,
    after: /^active\/active$/,
  },
  { reason: 'systemd-logind and sudo make these at the first login', what: /^file \/run\/(user|sudo|utmp|screen)$/ },
  {
    reason:
      'an empty lock that adduser, which packages call, keeps until the next boot; taking it away could let two run at once',
    what: /^file \/run\/adduser$/,
    after: /^f 644 root:root$/,
  },
  {
    reason: 'private folders that systemd makes for a running service',
    what: /^file \/(tmp|var\/tmp)\/systemd-private-/,
  },
  {
    reason:
      'the lab’s own look at the host, SSH sessions that are just ending, and helpers of systemd that start on demand',
    what: /^process (bash|sh|ps|awk|sort|sed|sleep|cat|docker-init|sudo|sshd|systemctl|systemd-tmpfile|\(sd-pam\)|systemd-.*)$/,
  },
  {
    reason: 'apt keeps its index of the local package folder',
    what: /^file \/var\/(lib|cache)\/(apt|debconf|dpkg|man|ldconfig)(\/|$)/,
  },
  { reason: 'Java keeps its performance data here while it runs', what: /^file \/tmp\/hsperfdata_/ },
];

/** What a new host is for: Elasticsearch running, and the front before it. */
const NEW_HOSTS: Allowance[] = [
  {
    reason: 'the front: package and what it depends on',
    what: /^package (haproxy|liblua5\.3-0|libopentracing.*|adduser)$/,
    after: /^ii /,
  },
  {
    reason: 'the front: files of its package',
    what: /^(file|content) \/etc\/(haproxy(\/(haproxy\.cfg|errors(\/[^/]+)?))?|default\/haproxy|init\.d\/haproxy|logrotate\.d\/haproxy|rsyslog\.d\/(49-)?haproxy\.conf|rc\d\.d\/[SK]\d\dhaproxy)$/,
    after: /^([0-9a-f]{64}|[df] (644|755) root:root|l 777 root:root .*)$/,
  },
  {
    reason: 'the front: its configuration, which has the password',
    what: /^(file|content) \/etc\/haproxy\/bigswitch\.cfg$/,
    after: /^([0-9a-f]{64}|f 600 root:root)$/,
  },
  {
    reason: 'the front: its certificates',
    what: /^file \/etc\/haproxy\/bigswitch$/,
    after: /^d 700 root:root$/,
  },
  {
    reason: 'the front: its certificates, which stay where they are',
    what: /^file \/etc\/haproxy\/bigswitch\/front\.pem(\.key)?$/,
    after: /^l 777 root:root \/etc\/ssl\/bigswitch-lab\/front\.(crt|key)$/,
  },
  {
    reason: 'the front: by which CA it knows nodes that speak https',
    what: /^(file|content) \/etc\/haproxy\/bigswitch\/nodes-ca\.pem$/,
    after: /^([0-9a-f]{64}|f 644 root:root)$/,
  },
  {
    reason: 'the front: folders and files that its package makes',
    what: /^file (\/etc\/rsyslog\.d|\/run\/haproxy-master\.sock|\/usr\/lib\/tmpfiles\.d\/haproxy\.conf)$/,
  },
  { reason: 'the front: its unit', what: /^file \/usr\/lib\/systemd\/system\/haproxy\.service$/ },
  {
    reason: 'the front: settings of its unit',
    what: /^(file|content) \/etc\/systemd\/system\/haproxy\.service\.d(\/[^/]+)?$/,
  },
  { reason: 'the front starts at boot', what: /^unit file haproxy\.service$/, after: /^enabled/ },
  { reason: 'the front runs', what: /^unit haproxy\.service$/, after: /^active\/running$/ },
  { reason: 'the front: its account', what: /^(user|group) haproxy$/ },
  { reason: 'the front: folders for its state', what: /^file \/(var\/lib|run)\/haproxy(\.pid)?$/ },
  { reason: 'the front listens', what: /^port tcp 198\.18\.2\.\d+:9243$/, after: /^(haproxy)?$/ },
  { reason: 'the front runs', what: /^process haproxy$/ },
  {
    reason: 'both services start at boot: links of systemd',
    what: /^file \/etc\/systemd\/system\/multi-user\.target\.wants\/(haproxy|elasticsearch)\.service$/,
  },
  { reason: 'Elasticsearch: configuration', what: /^content \/etc\/elasticsearch\/elasticsearch\.yml$/ },
  {
    reason: 'Elasticsearch: which nodes there are',
    what: /^setting (discovery\.seed_hosts|gateway\.expected_[a-z_]+)$/,
  },
  { reason: 'Elasticsearch: its data', what: /^file \/var\/lib\/elasticsearch\/[^/]+$/ },
  { reason: 'Elasticsearch starts at boot', what: /^unit file elasticsearch\.service$/, after: /^enabled/ },
  { reason: 'Elasticsearch runs', what: /^unit elasticsearch\.service$/, after: /^active\/running$/ },
  { reason: 'Elasticsearch listens', what: /^port tcp (\[::ffff:)?198\.18\.2\.\d+\]?:9[23]00$/, after: /^(java)?$/ },
  { reason: 'Elasticsearch runs', what: /^process (java|controller|elasticsearch.*)$/ },
];

/** Everything that a difference may be; all else is a leftover. */
export const ALLOWED: Allowance[] = [
  ...BY_ITSELF,
  {
    reason: 'systemd makes the service’s folders at its start',
    what: /^file \/(run|var\/cache)\/elasticsearch$/,
    roles: ['old', 'new'],
  },
  {
    reason: 'Elasticsearch 8 and later makes one at each start, to ask Java for its flags, and leaves it there',
    what: /^file \/tmp\/final-flags\d+$/,
    roles: ['new'],
    after: /^d 700 elasticsearch:elasticsearch$/,
  },
  ...NEW_HOSTS.map((allowance): Allowance => ({ ...allowance, roles: ['new'], modes: MIGRATED })),
  ...(
    [
      { reason: 'the old node is stopped', what: /^unit elasticsearch\.service$/, after: /^(none|inactive\/dead)$/ },
      {
        reason: 'the old node does not start at boot',
        what: /^unit file elasticsearch\.service$/,
        after: /^disabled$/,
      },
      {
        reason: 'the old node does not start at boot',
        what: /^file \/etc\/systemd\/system\/multi-user\.target\.wants\/elasticsearch\.service$/,
        after: /^none$/,
      },
      { reason: 'the old node is stopped', what: /^port tcp (\[::ffff:)?198\.18\.1\.\d+\]?:9[23]00$/, after: /^none$/ },
      { reason: 'the old node is stopped', what: /^process (java|controller|elasticsearch.*)$/, after: /^none$/ },
    ] satisfies Allowance[]
  ).map((allowance): Allowance => ({ ...allowance, roles: ['old'], modes: MIGRATED })),
  {
    reason: 'the app asks the fronts: its configuration',
    what: /^content \/etc\/shop\/(config\.yaml|shop\.env)$/,
    roles: ['app'],
    modes: MIGRATED,
  },
];

/** What must be so after a migration, by role: `what` and the value that it must have. */
export const REQUIRED: { role: LabHost['role']; what: string; value: RegExp }[] = [
  { role: 'new', what: 'unit elasticsearch.service', value: /^active\/running$/ },
  { role: 'new', what: 'unit file elasticsearch.service', value: /^enabled$/ },
  { role: 'new', what: 'unit haproxy.service', value: /^active\/running$/ },
  { role: 'new', what: 'unit file haproxy.service', value: /^enabled$/ },
  { role: 'old', what: 'unit elasticsearch.service', value: /^(none|inactive\/dead)$/ },
  { role: 'old', what: 'unit file elasticsearch.service', value: /^disabled$/ },
  { role: 'app', what: 'unit shop.service', value: /^active\/running$/ },
];
