/** `danezone ready --dns` against a name server of our own on loopback. */
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { decodeMessage, encodeMessage, type Message, type MessageFlags } from '../../src/dns/message.ts';
import { name } from '../../src/dns/name.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { danezone, noon } from '../pipeline/run.ts';

/** SHA-256 over the SPKI of made/p256.pem, as test/vectors/certs has it from OpenSSL. */
const p256 = 'a09a205c78d58924d7d0aaa76968581ef35d889eb16454a62c8ce254281981b3';
const owner = name('_25._tcp.mx1.example.org.');
const staged = readFileSync(new URL('../vectors/certs/made/p256.pem', import.meta.url), 'utf8');

const open: Socket[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function serve(
  records: () => readonly string[],
  more: () => Partial<MessageFlags> = () => ({}),
): Promise<string> {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (octets, { port, address }) => {
    const query = decodeMessage(octets) as Message;
    const answer = records().map((rdata) => ({ owner, type: 52, ttl: 900, rdata: Buffer.from(rdata, 'hex') }));
    const flags = { ...query.flags, response: true, authoritative: true, ...more() };
    socket.send(encodeMessage({ ...query, flags, answer }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

test('counts from the look at which every server had the record, and keeps that between runs', async () => {
  const next = `030101${p256}`;
  const other = `030101${'ab'.repeat(32)}`;
  let isEverywhere = false;
  const servers = [await serve(() => [other, next]), await serve(() => (isEverywhere ? [other, next] : [other]))];
  const host = memoryHost({ files: { '/srv/staged.pem': staged }, now: noon, workingFolder: '/srv' });
  const all = servers.flatMap((server) => ['--server', server]);
  const ask = (at: number, ...more: string[]) => {
    host.setTime(at);
    const given = ['--service', 'smtp', '--certificate', 'staged.pem', '--seen', 'seen.json'];
    return danezone(host, 'ready', 'mx1.example.org', '--dns', ...all, ...given, ...more);
  };
  expect((await ask(noon)).status).toBe(10);
  isEverywhere = true;
  expect((await ask(noon + 10_000)).status).toBe(10);
  // The default margin of an hour, and 2 × 15 minutes.
  expect((await ask(noon + 10_000 + 5399)).status).toBe(10);
  expect((await ask(noon + 10_000 + 5400)).status).toBe(0);
  isEverywhere = false;
  expect((await ask(noon + 10_000 + 5401)).status).toBe(10);
});

test('with a resolver the answer is go only when it calls a record for the certificate authentic', async () => {
  const next = `030101${p256}`;
  let [cached, authenticData] = [[`030101${'ab'.repeat(32)}`], false];
  const server = await serve(() => [next]);
  const resolver = await serve(
    () => cached,
    () => ({ authoritative: false, authenticData }),
  );
  const host = memoryHost({ files: { '/srv/staged.pem': staged }, now: noon, workingFolder: '/srv' });
  const given = ['--service', 'smtp', '--certificate', 'staged.pem', '--seen', 'seen.json', '--format', 'json'];
  const ask = (at: number) => {
    host.setTime(at);
    return danezone(host, 'ready', 'mx1.example.org', '--dns', '--server', server, '--resolver', resolver, ...given);
  };
  expect((await ask(noon)).status).toBe(10);
  authenticData = true;
  expect((await ask(noon + 5400)).status).toBe(10);
  [cached, authenticData] = [[next], false];
  expect((await ask(noon + 5400)).status).toBe(10);
  authenticData = true;
  expect((await ask(noon + 5400)).status).toBe(0);
});
