import { quote } from './script';

/**
 * Shell functions for a file in a folder that others may write, too: an app's own user must not turn what root does there
 * into what root does elsewhere. `locate PATH` follows its links and sets `$TARGET`; `enter` goes into its folder; `open_there`
 * opens the file itself. After that only names in the folder (`./$NAME`) and open files (`/proc/self/fd/N`) are used, which
 * nobody can exchange on the way. Each one ends the script with a reason where it can't be sure.
 */
export const TARGET_FUNCTIONS = `refuse() { echo "$*" >&2; exit 1; }
locate() {
  TARGET= rest=\${1#/} makers= links=0
  while [ -n "$rest" ]; do
    name=\${rest%%/*}
    case "$rest" in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case "$name" in
      '' | .) ;;
      ..) TARGET=\${TARGET%/*} ;;
      *)
        if [ -L "$TARGET/$name" ]; then
          links=$((links + 1))
          [ "$links" -le 40 ] || refuse "$1: too many links"
          makers="$makers $(stat -c %u "$TARGET/$name")" || exit 1
          to=$(readlink "$TARGET/$name") || exit 1
          case "$to" in /*) TARGET= ;; esac
          rest=\${to#/}\${rest:+/$rest}
        else
          TARGET=$TARGET/$name
        fi ;;
    esac
  done
  # Whoever makes a link could else have any file of the host read and written for him.
  there=$TARGET
  until [ -e "$there" ]; do there=\${there%/*}; there=\${there:-/}; done
  folder=\${there%/*}
  owners=" 0 $(id -u) $(stat -c %u "$there") $(stat -c %u "\${folder:-/}") "
  for maker in $makers; do
    case "$owners" in
      *" $maker "*) ;;
      *) refuse "$1 leads to $TARGET by a link of UID $maker, who owns neither that file nor its folder; name the file itself in the plan" ;;
    esac
  done
}
enter() {
  FOLDER=\${TARGET%/*} NAME=\${TARGET##*/}
  cd "\${FOLDER:-/}" || exit 1
  [ "$(pwd -P)" = "\${FOLDER:-/}" ] || refuse "\${FOLDER:-/} was exchanged on the way"
}
open_there() {
  { [ -f "./$NAME" ] && [ ! -L "./$NAME" ]; } || refuse "$TARGET is not a file"
  exec 7<"./$NAME"
  [ "$(stat -Lc %d:%i /proc/self/fd/7)" = "$(stat -c %d:%i "./$NAME")" ] || refuse "$TARGET was exchanged on the way"
}
`;

/** Sets `$TARGET` and goes into its folder. */
export function enterFolderOf(path: string): string {
  return `${TARGET_FUNCTIONS}locate ${quote(path)}
enter`;
}
