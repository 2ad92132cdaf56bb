/**
 * Runs as root inside a host and prints its state, one `key<TAB>value` a line. It changes nothing, and it stops at the
 * first thing that it can't read: half a snapshot would hide what was left behind.
 */
export const SNAPSHOT_SCRIPT = String.raw`
set -euo pipefail
export LC_ALL=C SYSTEMD_PAGER= SYSTEMD_COLORS=0
rules() {
  command -v "$1-save" >/dev/null || return 0
  "$1-save" 2>/dev/null | awk -v kind="$1" '
    /^\*/ { table = substr($0, 2) }
    /^:/ && !($2 == "ACCEPT") { print kind " " table " chain " substr($1, 2) "\t" $2 }
    /^-/ { print kind " " table ": " $0 "\tthere" }'
}
rules iptables-nft
rules ip6tables-nft
if [ -s /proc/net/ip_tables_names ]; then rules iptables-legacy; fi
if [ -s /proc/net/ip6_tables_names ]; then rules ip6tables-legacy; fi
ip -o link show | awk '{ name = $2; sub(/@.*/, "", name); sub(/:$/, "", name); print "device " name "\tthere" }'
ip -o addr show | awk '$4 !~ /^fe80/ { print "address " $4 " on " $2 "\tthere" }'
ip -4 route show table all | sed -E 's/ +$//; s/^/route /; s/$/\tthere/'
ip -6 route show | awk '!/fe80|^ff00/ { sub(/ expires .*/, ""); print "route6 " $0 "\tthere" }'
ip rule show | sed -E 's/:\t/: /; s/^/rule /; s/$/\tthere/'
systemctl list-unit-files --no-legend --plain --full | awk '{ print "unit file " $1 "\t" $2 }'
systemctl list-units --no-legend --plain --full --type=service,socket,timer,path,mount,automount,swap,target |
  awk '{ print "unit " $1 "\t" $3 "/" $4 }'
awk -F: '{ print "user " $1 "\t" $3 ":" $4 ":" $6 ":" $7 }' /etc/passwd
awk -F: '{ print "group " $1 "\t" $3 ":" $4 }' /etc/group
# Without the account that the front's package brings: no other may have another password.
for book in shadow gshadow; do
  printf 'accounts %s but haproxy\t%s\n' "$book" "$(grep -v '^haproxy:' "/etc/$book" | sort | sha256sum | cut -d ' ' -f 1)"
done
# Settings that say which nodes there are, each in one line however the file writes it.
if [ -r /etc/elasticsearch/elasticsearch.yml ]; then
  awk '
    function told() { if (key != "") print "setting " key "\t" value; key = "" }
    /^[^ \t#-]/ { told()
      if ($0 ~ /^(discovery\.seed_hosts|gateway\.expected_[a-z_]+|cluster\.initial_master_nodes)[ \t]*:/) {
        colon = index($0, ":"); key = substr($0, 1, colon - 1); value = substr($0, colon + 1); sub(/[ \t]+$/, "", key)
      }
      next }
    key != "" { value = value " " $0 }
    END { told() }' /etc/elasticsearch/elasticsearch.yml
fi
# Line by line: the engine writes the lines of a host's two networks in another order when the host reboots.
tr -s '\t' ' ' </etc/hosts | awk 'NF { print "name " $0 "\tthere" }'
dpkg-query -W -f='package ${'$'}{Package}\t${'$'}{db:Status-Abbrev} ${'$'}{Version}\n'
ss -Hltnup | awk '{ who = $0; names = ""
  while (match(who, /\("[^"]+"/)) { n = substr(who, RSTART + 2, RLENGTH - 3); who = substr(who, RSTART + RLENGTH)
    if (index("," names ",", "," n ",") == 0) names = names (names == "" ? "" : ",") n }
  print "port " $1 " " $5 "\t" names }'
for name in net.ipv4.ip_forward net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.conf.all.rp_filter \
  net.ipv4.conf.all.forwarding net.ipv4.conf.all.route_localnet net.ipv6.conf.all.forwarding; do
  file=/proc/sys/${'$'}{name//.//}
  if [ -r "$file" ]; then printf 'sysctl %s\t%s\n' "$name" "$(tr '\t' ' ' <"$file")"; fi
done
ps -eo comm= | sort -u | sed -E 's/ +$//; s/^/process /; s/$/\tthere/'
folders=
for folder in /etc /usr/local /root /home /srv /opt/bigswitch /var/lib/bigswitch /var/spool/cron; do
  if [ -e "$folder" ]; then folders="$folders $folder"; fi
done
find $folders -printf '%y %m %u:%g %l\tfile %p\n' | awk -F'\t' '{ print $2 "\t" $1 }'
find $folders -type f ! -path '/etc/passwd' ! -path '/etc/group' ! -path '/etc/hosts' ! -path '/etc/shadow' ! -path '/etc/gshadow' -exec sha256sum -- {} + |
  awk '{ hash = $1; sub(/^[^ ]+ +/, ""); print "content " $0 "\t" hash }'
for folder in /var/lib /var/lib/elasticsearch /var/cache /opt /usr/lib/systemd/system /usr/lib/tmpfiles.d /run /run/lock /run/systemd/transient /run/systemd/system; do
  if [ -d "$folder" ]; then find "$folder" -mindepth 1 -maxdepth 1 -printf 'file %p\t%y %m %u:%g\n'; fi
done
# What an account made in a temporary folder while a process of it ran, which still runs, is that service's own.
{
  ps -eo user:32=,etimes= | awk '$1 != "root" { print "\t" $1 "\t" $2 }'
  find /var/tmp /tmp -mindepth 1 -maxdepth 1 -printf '%p\t%u\t%T@\t%y %m %u:%g\n'
} | awk -F'\t' -v now="$(date +%s)" '
  $1 == "" { if (!($2 in oldest) || $3 > oldest[$2]) oldest[$2] = $3; next }
  { own = ($2 in oldest) && $3 >= now - oldest[$2] - 1; print "file " $1 "\t" (own ? "of a running service, " : "") $4 }'
echo "end	complete"
`;
