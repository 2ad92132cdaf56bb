import { uiDoor } from './ui-door';

/**
 * The door in front of the UI of docker-compose.yml, in the container's own network. `BIGSWITCH_DOOR_HOSTS` names under which
 * `HOST:PORT`, parted by commas, people find it; the port on which it listens is `BIGSWITCH_DOOR_PORT`, and the UI is on this
 * port of loopback: `BIGSWITCH_DOOR_TO`.
 */
function main({ BIGSWITCH_DOOR_HOSTS: hosts, BIGSWITCH_DOOR_PORT: port, BIGSWITCH_DOOR_TO: to }: NodeJS.ProcessEnv) {
  if (!hosts || !port || !to)
    throw new Error('BIGSWITCH_DOOR_HOSTS, BIGSWITCH_DOOR_PORT and BIGSWITCH_DOOR_TO are needed');
  const door = uiDoor({ hosts: hosts.split(','), to: { host: '127.0.0.1', port: Number(to) } });
  door.listen(Number(port), '0.0.0.0');
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => {
      door.close();
      door.closeAllConnections();
    });
  }
}

if (require.main === module) main(process.env);
