import type { OwnService, OwnServiceInput } from '../services';

/** What loads a whole ruleset of its own at boot, and would wipe out rules that were there before. */
const FIREWALLS =
  'netfilter-persistent.service nftables.service iptables.service ufw.service firewalld.service ferm.service shorewall.service';

/** A unit of our own. */
export function ownService(input: OwnServiceInput): OwnService {
  const unit = `${input.name}.service`;
  return {
    unit,
    path: `/etc/systemd/system/${unit}`,
    content: `[Unit]
Description=${input.description}
# ${input.afterFirewalls}
After=network.target ${FIREWALLS}
Before=${input.before}

[Service]
ExecStartPre=${input.prepare}
ExecStart=${input.run}
Restart=always
RestartSec=${input.againSeconds}

[Install]
WantedBy=multi-user.target
`,
    begin: `systemctl daemon-reload
systemctl enable --quiet ${unit} 2>/dev/null
systemctl restart ${unit}`,
    end: `systemctl disable --now --quiet ${unit} 2>/dev/null || true`,
    forget: `systemctl daemon-reload
systemctl reset-failed ${unit} 2>/dev/null || true`,
  };
}

/** Units of ours and of OpenVPN's templates, also those that failed. */
export const OWN_SCRIPT = `systemctl list-units --all --plain --no-legend 'bigswitch*' '*@bigswitch*' 2>/dev/null`;
export const OWN_FILES = ['/etc/systemd/system/bigswitch*'];
