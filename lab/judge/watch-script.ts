/**
 * Runs inside a host, once a second until its standard input ends: prints one JSON line with the byte counters of its
 * tun devices and, on a node, what its own Elasticsearch says of the cluster's health. Only shell built-ins, so that
 * watching costs next to nothing; asked at the node's own address from the node itself, so that the judge is never a
 * client connection that somebody could see.
 */
export const WATCH_SCRIPT = String.raw`
address=$1 port=$2
now() { local t=$EPOCHREALTIME; printf -v "$1" '%d' "$((10#${'$'}{t/[.,]/} / 1000))"; }
probe() {
  status=0 body=null
  local first='' line=''
  { exec 3<>"/dev/tcp/$address/$port"; } 2>/dev/null || return 0
  printf 'GET /_cluster/health?master_timeout=3s&timeout=3s HTTP/1.0\r\nHost: judge\r\n\r\n' >&3 2>/dev/null || { exec 3>&-; return 0; }
  IFS= read -r -t 5 first <&3 || { exec 3>&-; return 0; }
  while IFS= read -r -t 5 line <&3; do :; done
  exec 3>&-
  case $first in HTTP/1.?' '200*) [ -n "$line" ] && status=200 body=$line ;; HTTP/1.?' '[0-9]*) status=${'$'}{first:9:3} ;; esac
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
trap '' PIPE
while :; do
  now start
  counters
  status=0 body=null
  [ -n "$address" ] && probe
  now end
  printf '{"from":%s,"to":%s,"tun":{%s},"status":%s,"body":%s}\n' "$start" "$end" "$tun" "$status" "$body" || exit 0
  wait=$((1000 - (end - start)))
  [ "$wait" -gt 50 ] || wait=50
  printf -v pause '%d.%03d' "$((wait / 1000))" "$((wait % 1000))"
  read -r -t "$pause" _ && continue
  [ $? -gt 128 ] || exit 0
done
`;
