import { quote, TEMPORARY_FOLDER } from '../../script';
import type { HostStep } from '../../step';
import type { PackageStepInput, PackageTraces } from '../packages';

const APT =
  'apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';

/** All that apt would write, in a folder that is gone afterwards. */
const APART =
  '-o Dir::State::Lists="$TEMP/lists" -o Dir::Cache="$TEMP/cache" -o Dir::Log="$TEMP" -o APT::Sandbox::User=root';

/**
 * Prints what apt would install, and changes nothing on the host: the lists are fetched anew into a folder of their own, as
 * the step itself would find them. Where no mirror answers, the host's own lists are asked.
 */
export function simulationScript(packages: string[]): string {
  const names = packages.map(quote).join(' ');
  const ask = (options: string) => `${APT} ${options} -s install --no-install-recommends ${names}`;
  return `command -v apt-get >/dev/null || exit 1
${TEMPORARY_FOLDER}mkdir -p "$TEMP/lists/partial" "$TEMP/cache/archives/partial"
if timeout 60 ${APT} ${APART} update >/dev/null 2>&1; then ${ask(APART)}
else ${ask('-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::Log="$TEMP"')}; fi`;
}

/** Stops where another package is half-installed: to finish that may restart what runs, and is not ours to do. */
const UNFINISHED = `unfinished=$(dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' | sed -n 's/^\\(unpacked\\|half-configured\\|half-installed\\) //p')
[ -z "$unfinished" ] || { echo "dpkg has unfinished work here, which may restart services: $unfinished"; echo "finish it by hand (dpkg --configure -a), then go on"; exit 1; }`;

/**
 * A package that comes starts its service with whatever configuration it finds; here a later step starts it, with ours.
 * invoke-rc.d and deb-systemd-invoke ask this file. The one of somebody else stays, and its word counts.
 */
const WITHOUT_SERVICES = `POLICY=/usr/sbin/policy-rc.d
quiet() {
  if [ ! -e "$POLICY" ] && [ ! -L "$POLICY" ]; then
    : >"$BACKUP/policy"
    printf '#!/bin/sh\\n# bigswitch: nothing is started by the installation\\nexit 101\\n' >"$POLICY"
    chmod 755 "$POLICY"
  fi
}
loud() { if [ -e "$BACKUP/policy" ]; then rm -f "$POLICY" "$BACKUP/policy"; fi; }`;

/** Names and versions in the output of a simulation. */
export function simulatedPackages(output: string): { name: string; version: string }[] {
  return [...output.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)].map(([, name = '', version = '']) => ({
    name,
    version,
  }));
}

/** Prints the version that apt would install by what it knows now. */
export function offerScript(name: string): string {
  return `command -v apt-cache >/dev/null && LC_ALL=C apt-cache policy ${quote(name)} | grep -F Candidate:`;
}

/** Version of a package in the output of a simulation, or of that script. */
export function offered(name: string, output: string): string | undefined {
  const [found] = simulatedPackages(output).filter((one) => one.name === name);
  return found?.version ?? /^ *Candidate: (\d\S*)/m.exec(output)?.[1];
}

/** Debian's package of each command that is not called as its package. */
const PACKAGE_OF: Record<string, string> = {
  flock: 'util-linux',
  base64: 'coreutils',
  sha256sum: 'coreutils',
  ip: 'iproute2',
  ss: 'iproute2',
  ping: 'iputils-ping',
  systemctl: 'systemd',
  'systemd-run': 'systemd',
  'iptables-restore': 'iptables',
};

/** What a person types to get these commands. */
export function byHand(commands: string[]): string {
  return `apt-get install ${[...new Set(commands.map((command) => PACKAGE_OF[command] ?? command))].join(' ')}`;
}

/**
 * Installs packages by apt. What would be installed is asked and recorded before, so that the undo purges exactly that,
 * whatever else a person installs meanwhile. A package that something else has come to need since is left.
 */
export function packageStep({ phase, id, summary, packages, commands, traces }: PackageStepInput): HostStep {
  const names = packages.map(quote).join(' ');
  const noninteractive = 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l';
  return {
    phase,
    id,
    summary,
    timeoutSeconds: 600,
    effects: [{ kind: 'packages', packages, commands }],
    check: commands.map((command) => `command -v ${quote(command)} >/dev/null`).join('\n'),
    save: `${noninteractive}
command -v apt-get >/dev/null || { echo "there is no apt-get here: install ${packages.join(' ')} by hand, then go on"; exit 1; }
${UNFINISHED}
# Only the lists' lock has no waiting of its own; a mirror may also be busy for a moment.
n=0
until ${APT} update; do
  n=$((n + 1)); [ "$n" -lt 5 ] || break; sleep 5
done
${APT} -s install --no-install-recommends ${names} >"$BACKUP/simulation"
sed -n 's/^Inst \\([^ ]*\\) (.*/\\1/p' "$BACKUP/simulation" >"$BACKUP/packages"
[ -s "$BACKUP/packages" ] || { echo "apt would install nothing, but ${commands.join(', ')} is missing"; exit 1; }
cut -d : -f 1 /etc/passwd | sort >"$BACKUP/users"
cut -d : -f 1 /etc/group | sort >"$BACKUP/groups"
# What is there already is not the package's to remove: configuration that a removal left, or that somebody laid there.
xargs dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' <"$BACKUP/packages" 2>/dev/null | sed -n 's/ config-files$//p' >"$BACKUP/removed"
{ find /etc -xdev; xargs -I{} find /var/lib/{} /var/log/{} <"$BACKUP/packages" 2>/dev/null || true; } >"$BACKUP/there"`,
    apply: `${noninteractive}
# Only what an apply before this one has left: it is recorded.
if [ -e "$BACKUP/begun" ]; then dpkg --configure -a; fi
: >"$BACKUP/begun"
${WITHOUT_SERVICES}
trap loud EXIT
quiet
xargs ${APT} install -y --no-install-recommends <"$BACKUP/packages"`,
    undo: `${noninteractive}
${WITHOUT_SERVICES}
loud
if [ -e "$BACKUP/begun" ]; then
  dpkg --configure -a || true
  present=$(xargs dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' <"$BACKUP/packages" 2>/dev/null | sed -n '/ not-installed$/d;s/ .*//p')
  # Whatever else would go along is somebody else's: then what it needs stays.
  others() { ${APT} -s purge "$@" | sed -n 's/^\\(Purg\\|Remv\\) \\([^ ]*\\) .*/\\2/p' | grep -vxF -f "$BACKUP/packages" || true; }
  ours=
  if [ -n "$present" ] && [ -z "$(others $present)" ]; then
    ours=$(echo $present)
  else
    for package in $present; do
      needed=$(others "$package")
      if [ -n "$needed" ]; then echo "left $package, which is needed by: $needed"; else ours="$ours $package"; fi
    done
  fi
  if [ -n "$ours" ]; then
    # Twice the same when it was cut off: what is missing then is in the copy already.
    if [ ! -e "$BACKUP/kept.tar" ]; then
      while read -r file; do if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\\n' "$file"; fi; done <"$BACKUP/there" >"$BACKUP/keep"
      tar -C / -cpPf "$BACKUP/.kept.tar" --no-recursion --verbatim-files-from -T "$BACKUP/keep"
      mv "$BACKUP/.kept.tar" "$BACKUP/kept.tar"
    fi
    remove= purge=
    for package in $ours; do
      if grep -qxF "$package" "$BACKUP/removed"; then remove="$remove $package"; else purge="$purge $package"; fi
    done
    if [ -n "$remove" ]; then ${APT} remove -y $remove; fi
    if [ -n "$purge" ]; then ${APT} purge -y $purge; fi
  fi
  if [ -e "$BACKUP/kept.tar" ]; then
    while read -r file; do if [ ! -e "$file" ] && [ ! -L "$file" ]; then printf '%s\\n' "$file"; fi; done <"$BACKUP/keep" >"$BACKUP/missing"
    if [ -s "$BACKUP/missing" ]; then tar -C / -xpPf "$BACKUP/kept.tar" --no-recursion --verbatim-files-from -T "$BACKUP/missing"; fi
    rm -f "$BACKUP/kept.tar"
  fi
  # Packages leave the accounts that they made; only those go that are new since, are system accounts and own no process.
  cut -d : -f 1 /etc/passwd | sort | comm -13 "$BACKUP/users" - | while read -r name; do
    case " $ours " in *" $name "*) if [ "$(id -u "$name")" -lt 1000 ]; then userdel "$name" || true; fi ;; esac
  done
  cut -d : -f 1 /etc/group | sort | comm -13 "$BACKUP/groups" - | while read -r name; do
    case " $ours " in *" $name "*) groupdel "$name" || true ;; esac
  done
  if command -v systemctl >/dev/null; then systemctl daemon-reload; systemctl reset-failed 2>/dev/null || true; fi
${traces ? forget(traces) : ''}fi`,
  };
}

function forget({ command, files, folders }: PackageTraces): string {
  return `  if ! command -v ${quote(command)} >/dev/null; then
    rm -f ${files.map(quote).join(' ')}
    for folder in ${folders.map(quote).join(' ')}; do
      if [ -d "$folder" ]; then rmdir "$folder" 2>/dev/null || true; fi
    done
  fi
`;
}
