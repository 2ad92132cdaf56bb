import { quote } from '../../hosts/script';
import { TARGET_FUNCTIONS } from '../../hosts/target';
import type { HostStep } from '../../hosts/step';
import type { Plan } from '../../plan/schema';

/** What a new disk has of its own. */
const OF_THE_DISK = 'lost+found';

/** Sets `$@` to a new node's data folders: those of the plan, else the one that its file names, else the package's. */
export function chooseDataFolders(plan: Plan): string {
  const planned = plan.elasticsearch.newNodeSettings['path.data'];
  const folders = planned === undefined ? [] : [planned].flat().map(String);
  if (folders.length > 0) return `set -- ${folders.map(quote).join(' ')}`;
  return `set -- "$(sed -n 's/^path\\.data:[[:space:]]*//p' ${quote(plan.elasticsearch.configFile)} 2>/dev/null | tr -d "\\"'" | sed 's/[[:space:]]*$//' | head -n 1)"
[ -n "$1" ] || set -- /var/lib/elasticsearch`;
}

/** Prints how many entries of a folder are no part of a new disk. @param folder as it stands in a script */
export function countEntries(folder: string): string {
  return `ls -A ${folder} | grep -cvx -e ${OF_THE_DISK} -e ''`;
}

/** Prints a folder of a shard that lies in a data folder, of any version, or nothing. @param folder as it stands in a script */
export function findShard(folder: string): string {
  return `find ${folder} -maxdepth 6 -type d -path '*/indices/*/[0-9]*' -print -quit`;
}

/**
 * Exits 0 when a node that runs has no shard in its data folders, else says so: whatever can be asked without a password.
 * @param isRunning exits 0 while it runs
 */
export function holdsNoShard(plan: Plan, isRunning: string): string {
  return `if ${isRunning}; then
  ${chooseDataFolders(plan)}
  for folder; do
    if [ ! -d "$folder" ]; then continue; fi
    shard=$(${findShard('"$folder"')})
    if [ -n "$shard" ]; then echo "this node holds shards ($shard is one): move them to other nodes before it is stopped" >&2; exit 1; fi
  done
fi`;
}

/**
 * Notes that the data folders are empty before the node's first start; the undo, which runs when the node is stopped, makes
 * them so again, so that the same plan can be started once more. A folder that was not empty, or has a shard in it, is left.
 */
export function dataFoldersStep(plan: Plan): HostStep {
  return {
    phase: 'join',
    id: 'data-folders',
    summary: 'note that the data folders are empty',
    check: `[ -e "$BACKUP/folders" ]`,
    save: `${TARGET_FUNCTIONS}: >"$BACKUP/folders.new"
${chooseDataFolders(plan)}
for folder; do
  locate "$folder"
  folder=$TARGET
  if [ ! -d "$folder" ]; then printf 'absent %s\\n' "$folder"
  elif [ "$(${countEntries('"$folder"')})" = 0 ]; then printf 'empty %s\\n' "$folder"; fi
done >>"$BACKUP/folders.new"
mv "$BACKUP/folders.new" "$BACKUP/folders"`,
    apply: ':',
    undo: `if [ -e "$BACKUP/folders" ]; then
  while read -r state folder; do
    if [ ! -d "$folder" ]; then continue; fi
    # Whoever may write above it could have led it elsewhere since.
    cd "$folder"
    if [ "$(pwd -P)" != "$folder" ]; then echo "$folder was exchanged; nothing is removed there" >&2; exit 1; fi
    if [ -z "$(${findShard('.')})" ]; then
      find . -mindepth 1 -maxdepth 1 ! -name ${OF_THE_DISK} -exec rm -rf {} +
      if [ "$state" = absent ]; then rmdir "$folder"; fi
    fi
    cd /
  done <"$BACKUP/folders"
fi`,
  };
}
