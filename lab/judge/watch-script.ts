/**
 * Runs inside a host, once a second until its standard input ends: prints one JSON line with the byte counters of its
 * tun devices and, on a node, what its own Elasticsearch says of the cluster's health, which it may have to ask its master
 * for, and what it knows by itself: which cluster it is in, who is the master, and which copies are where. Only shell
 * built-ins where it speaks http, so that watching costs next to nothing; asked at the node's own address from the node itself, so that the judge
 * is never a client connection that somebody could see. An election takes seconds on a slow machine: a node may wait so long for
 * its master before it says that it has none, as the apps' own requests do.
 */
export const WATCH_SCRIPT = String.raw`
address=$1 port=$2 ca=$3 indices=$4 login=$LAB_LOGIN
now() { local t=$EPOCHREALTIME; printf -v "$1" '%d' "$((10#${'$'}{t/[.,]/} / 1000))"; }
# Every answer is one line of JSON, the last one or, where it comes in chunks, the only one that begins so.
ask() {
  status=0 body=null
  local first='' line='' last=''
  { exec 3<>"/dev/tcp/$address/$port"; } 2>/dev/null || return 0
  printf 'GET %s HTTP/1.0\r\nHost: judge\r\n\r\n' "$1" >&3 2>/dev/null || { exec 3>&-; return 0; }
  IFS= read -r -t 10 first <&3 || { exec 3>&-; return 0; }
  while IFS= read -r -t 5 line <&3; do
    case $line in '{'*) last=$line ;; esac
  done
  exec 3>&-
  case $line in '{'*) last=$line ;; esac
  last=${'$'}{last%$'\r'}
  case $first in
    HTTP/1.?' '200*) case $last in '{'*'}') status=200 body=$last ;; esac ;;
    HTTP/1.?' '[0-9]*) status=${'$'}{first:9:3} ;;
  esac
}
counters() {
  tun=
  local device rx tx
  for device in /sys/class/net/*/tun_flags; do
    [ -e "$device" ] || continue
    device=${'$'}{device%/tun_flags}
    { read -r rx <"$device/statistics/rx_bytes" && read -r tx <"$device/statistics/tx_bytes"; } 2>/dev/null || continue
    tun=$tun${'$'}{tun:+,}\"${'$'}{device##*/}\":[$rx,$tx]
  done
}
plain() {
  ask "/_cluster/health$indices?master_timeout=8s"
  now end
  said=$status health=$body body=null
  ask "$own"
  now done
}
# Both by one connection: a handshake costs more than the answers.
secured() {
  local base=https://$address:$port lines
  mapfile -t lines < <(printf 'user = "%s"\n' "$login" | curl -s -K - --cacert "$ca" --max-time 10 -w '\n%{http_code}\n' \
    "$base/_cluster/health$indices?master_timeout=8s" "$base$own" 2>/dev/null)
  now end
  done=$end
  case ${'$'}{lines[1]} in 200) said=200 health=${'$'}{lines[0]} ;; [1-9]*) said=${'$'}{lines[1]} ;; esac
  case ${'$'}{lines[3]} in 200) body=${'$'}{lines[2]} ;; esac
}
trap '' PIPE
own='/_cluster/state/master_node,nodes,routing_nodes?local=true'
own=$own'&filter_path=cluster_uuid,master_node,nodes.*.name,routing_nodes.nodes.*.state'
while :; do
  now start
  counters
  said=0 health=null body=null end=$start done=$start
  if [ -n "$login" ]; then secured; elif [ -n "$address" ]; then plain; fi
  printf '{"from":%s,"to":%s,"tun":{%s},"status":%s,"body":%s,"viewed":%s,"view":%s}\n' \
    "$start" "$end" "$tun" "$said" "$health" "$done" "$body" || exit 0
  wait=$((1000 - (done - start)))
  [ "$wait" -gt 50 ] || wait=50
  printf -v pause '%d.%03d' "$((wait / 1000))" "$((wait % 1000))"
  read -r -t "$pause" _ && continue
  [ $? -gt 128 ] || exit 0
done
`;
