import { familyOf } from '../../hosts/family';
import { fileStep } from '../../hosts/steps';
import { quote } from '../../hosts/script';
import type { HostStep } from '../../hosts/step';
import { hostRef, type HostRef } from '../../plan/hosts';
import type { NodeHost, Plan } from '../../plan/schema';
import { FRONT_CERTIFICATES, FRONT_CONFIG, frontConfig, frontSettings, NODES_CA, type FrontLook } from './config';

/**
 * Seconds for which a front that is stopped answers what it was asked before: longer than clients wait by default
 * (10 to 60 s). It listens no more meanwhile, and a client that keeps a silent connection holds it up for all of them.
 */
const STOP_SECONDS = 60;

/** Names by which HAProxy finds chain and key. */
const FRONT_LINKS = [`${FRONT_CERTIFICATES}/front.pem`, `${FRONT_CERTIFICATES}/front.pem.key`] as const;

/**
 * Prints the SHA-512 crypt hash of `$FRONT_PASSWORD` for the front's user: the one that the host's configuration has, if
 * it is of this password, else one with a fresh salt. HAProxy computes it for every request, and the password is long
 * and random, so it takes the fewest rounds that there are (1,000).
 */
export function passwordHashScript(username: string): string {
  const line = `s/^    user ${username.replaceAll('.', '\\.')} password \\(\\$6\\$rounds=1000\\$[^ ]*\\)$/\\1/p`;
  return `set -eu
hash() { printf '%s\\n' "$FRONT_PASSWORD" | openssl passwd -6 -salt "rounds=1000\\$$1" -stdin; }
if [ -e ${FRONT_CONFIG} ]; then
  now=$(sed -n ${quote(line)} ${FRONT_CONFIG})
  salt=\${now#?6?rounds=1000?}
  salt=\${salt%%\\$*}
  if [ -n "$salt" ] && [ "$(hash "$salt")" = "$now" ]; then printf %s "$now"; exit 0; fi
fi
hash "$(openssl rand -hex 8)"`;
}

/**
 * Everything that makes a new host's front once {@link haproxyPackage} is there, in order; undone newest first.
 * @throws Error for a version of HAProxy that can't be a front
 */
export function frontSteps(plan: Plan, host: NodeHost, look: FrontLook): HostStep[] {
  const { services, software } = familyOf(hostRef(plan, host.name));
  const { unit, config, hint, settings } = software.haproxy;
  const dropIn = settings(FRONT_CONFIG, STOP_SECONDS);
  // Its arguments are read at a start only, so this once it can't be a reload.
  const restart = services.restartByNewSettings(unit);
  const listening = `ss -Hltn ${quote(`src ${host.address} and sport = :${plan.front.port}`)} | grep -q . ||
{ echo "HAProxy does not listen on ${host.address}:${plan.front.port}; ${hint(FRONT_CONFIG)}"; exit 1; }`;
  return [
    certificateStep(plan),
    ...(look.nodesCa === undefined ? [] : [nodesCaStep(look.nodesCa)]),
    fileStep({
      phase: 'front',
      id: 'front-config',
      summary: "write the front's configuration: TLS, basic auth, health check",
      path: FRONT_CONFIG,
      content: frontConfig(frontSettings(plan, host, look)),
      mode: '0600',
      owner: 'root:root',
      secret: true,
      shows: 'all',
      // Checked as a whole before anything reads it; a front that is already up takes it over without a break.
      afterApply: `haproxy -c -q -f ${config} -f ${FRONT_CONFIG}
if [ -e ${dropIn.path} ] && ${services.isRunning(unit)}; then ${services.reload(unit)}; fi`,
    }),
    fileStep({
      phase: 'front',
      id: 'front-unit',
      summary: "make HAProxy's own service read the front's configuration",
      ...dropIn,
      mode: '0644',
      // A front that is undone answers what is under way, and what ran here before us starts whatever connections stay.
      afterApply: restart,
      afterUndo: restart,
      timeoutSeconds: 2 * STOP_SECONDS + 60,
    }),
    {
      ...services.step({
        phase: 'front',
        id: 'front-service',
        summary: 'start the front, now and at boot',
        unit,
        enabled: true,
        running: true,
        proof: listening,
        readySeconds: 30,
      }),
      harmless: isUnused(plan, host),
    },
  ];
}

/** Exits 0 when nobody has or just had a connection to the front, else says who. */
function isUnused({ front }: Plan, { address }: NodeHost): string {
  return `seen=$(ss -Htan ${quote(`src ${address} and sport = :${front.port}`)})
users=$(printf '%s\\n' "$seen" | awk '$1 != "LISTEN" && $1 != "" { sub(/:[0-9]+$/, "", $5); print $5 }' | grep -vxF ${quote(address)} | sort -u | head -n 5 | paste -sd ' ' -)
if [ -n "$users" ]; then echo "this front is in use, by $users: point whoever it is to the old nodes first" >&2; exit 1; fi`;
}

/** Every file that these steps make on a host: none of them was there before, and none may be left when they are undone. */
export function frontFiles(host: HostRef): string[] {
  const dropIn = familyOf(host).software.haproxy.settings(FRONT_CONFIG, STOP_SECONDS);
  return [FRONT_CONFIG, dropIn.path, NODES_CA, ...FRONT_LINKS];
}

/** Installs HAProxy. */
export function haproxyPackage(host: HostRef): HostStep {
  const { packages, software } = familyOf(host);
  const { install, unit } = software.haproxy;
  const step = packages.step({ phase: 'front', id: 'front-package', summary: 'install HAProxy', ...install });
  return {
    ...step,
    // The package enables its own service; that it is not started is the step's doing.
    effects: [...(step.effects ?? []), { kind: 'service', unit, enabled: true, running: false }],
  };
}

/** By it a front knows the cluster's nodes. */
function nodesCaStep(certificates: string): HostStep {
  return fileStep({
    phase: 'front',
    id: 'front-nodes-ca',
    summary: "write the CA of the nodes' certificates, for the front to know them by",
    path: NODES_CA,
    content: certificates,
    mode: '0644',
    owner: 'root:root',
    shows: 'all',
  });
}

/** Links, not copies: the private key stays in the one place where the operator put it, and a renewal is seen here. */
function certificateStep(plan: Plan): HostStep {
  const { chain, key } = plan.front.certificate;
  const links = [
    [chain, FRONT_LINKS[0]],
    [key, FRONT_LINKS[1]],
  ] as const;
  return {
    phase: 'front',
    id: 'front-certificate',
    summary: "link the front's certificate and key under names by which HAProxy finds the pair",
    effects: links.map(([target, path]) => ({ kind: 'file' as const, path, target })),
    check: links.map(([target, link]) => `[ "$(readlink ${link})" = ${quote(target)} ]`).join('\n'),
    save: `if [ -d ${FRONT_CERTIFICATES} ]; then cp -a ${FRONT_CERTIFICATES} "$BACKUP/folder"; fi`,
    apply: `mkdir -p -m 0700 ${FRONT_CERTIFICATES}
${links.map(([target, link]) => `ln -sfn ${quote(target)} ${link}`).join('\n')}`,
    undo: `rm -f ${links.map(([, link]) => link).join(' ')}
if [ -d "$BACKUP/folder" ]; then
  mkdir -p -m 0700 ${FRONT_CERTIFICATES}
  cp -a "$BACKUP/folder/." ${FRONT_CERTIFICATES}/
elif [ -d ${FRONT_CERTIFICATES} ]; then
  rmdir ${FRONT_CERTIFICATES}
fi`,
  };
}
