import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onlyUser, openPeers, uidOf } from '../../src/doors/peer';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:1C41 01 00000000:00000000 00:00000000 00000000  1001        0 2 1 0 20 4 30 10 -1
   2: 0100007F:1C41 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
   3: 0100007F:C351 0100007F:1C41 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1
   4: 0200007F:C352 0100007F:1C41 01 00000000:00000000 00:00000000 00000000  1002        0 4 1 0 20 4 30 10 -1
`;
const to = (remotePort: number, remoteAddress = '127.0.0.1') => ({
  ...{ remoteAddress, remotePort, localAddress: '127.0.0.1', localPort: 7233 },
});

describe('the user at the other end', () => {
  it('is the one whose end of the connection it is, whichever address of loopback he took', () => {
    expect(uidOf(TABLE, to(50_000))).toBe(1001);
    expect(uidOf(TABLE, to(50_000, '::ffff:127.0.0.1'))).toBe(1001);
    expect(uidOf(TABLE, to(50_002, '127.0.0.2'))).toBe(1002);
  });

  it('is nobody once he has closed his end: the table then says 0, which is root’s number', () => {
    expect(uidOf(TABLE, to(50_001))).toBeUndefined();
  });

  it('is nobody when the table does not know the connection', () => {
    for (const socket of [to(50_003), to(50_002), to(50_000, '10.0.0.1'), to(50_000, '::1')]) {
      expect(uidOf(TABLE, socket)).toBeUndefined();
    }
    expect(uidOf(TABLE, { remoteAddress: undefined, remotePort: undefined })).toBeUndefined();
  });

  it('is found for a real connection, in a table of any length', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const peers = openPeers() ?? -1;
    const own = process.getuid?.() ?? -1;
    const many: Socket[] = [];
    try {
      for (let i = 0; i < 600; i++) {
        const client = connect(port, '127.0.0.1');
        const [socket] = (await once(server, 'connection')) as [Socket];
        many.push(client, socket);
        if (i % 50 !== 0) continue;
        expect([onlyUser(peers, own).admits(socket), onlyUser(peers, own + 1).admits(socket)]).toEqual([true, false]);
      }
    } finally {
      for (const socket of many) socket.destroy();
      server.close();
    }
  });
});
