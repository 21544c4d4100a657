/** Against a server of our own on loopback: what it is sent, and what becomes of its answers. */
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { cutFrames, decodeMessage, encodeMessage, frameMessage, type Message } from '../../src/dns/message.ts';
import { name } from '../../src/dns/name.ts';
import { Type } from '../../src/dns/type.ts';
import { ask, parseServer } from '../../src/observe/ask.ts';
import type { Octets } from '../../src/text/octets.ts';

const owner = name('_25._tcp.mx1.example.test.');
const query = { id: 4711, name: owner, type: Type.TLSA };
const rdata = Buffer.from(`030101${'ab'.repeat(32)}`, 'hex');
const options = { timeout: 400, tries: 2 };

const open: (Socket | Server)[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

type Reply = (message: Message) => readonly Octets[];

async function serve(udp: Reply, tcp?: Reply) {
  const socket = createSocket('udp4');
  open.push(socket);
  socket.on('message', (octets, { port, address }) => {
    for (const answer of udp(decodeMessage(octets) as Message)) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  if (tcp !== undefined) {
    const server = createServer((stream) => {
      let read: Octets = new Uint8Array(0);
      stream.on('error', () => {});
      stream.on('data', (octets) => {
        read = Buffer.concat([read, octets]);
        for (const message of cutFrames(read).messages) {
          for (const answer of tcp(decodeMessage(message) as Message)) stream.write(frameMessage(answer));
          stream.end();
        }
      });
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }
  return { address: '127.0.0.1', port };
}

const reply = ({ id, question }: Message, more: { id?: number; truncated?: boolean; ttl?: number } = {}) =>
  encodeMessage({
    id: more.id ?? id,
    flags: { response: true, authoritative: true, truncated: more.truncated },
    question,
    answer: more.truncated ? [] : [{ owner, type: Type.TLSA, ttl: more.ttl ?? 300, rdata }],
  });

describe('a question', () => {
  test('is answered over UDP', async () => {
    const server = await serve((message) => [reply(message)]);
    const answer = await ask(server, query, options);
    expect(answer).toMatchObject({ id: 4711, answer: [{ owner, ttl: 300 }] });
  });

  test('is asked again over TCP where the answer was cut', async () => {
    const server = await serve(
      (message) => [reply(message, { truncated: true })],
      (message) => [reply(message, { ttl: 77 })],
    );
    expect(await ask(server, query, options)).toMatchObject({ answer: [{ ttl: 77 }] });
  });

  test('is not answered by messages with another id, or by noise', async () => {
    const server = await serve((message) => [
      Buffer.from('noise'),
      reply(message, { id: 1 }),
      reply(message, { ttl: 5 }),
    ]);
    expect(await ask(server, query, options)).toMatchObject({ answer: [{ ttl: 5 }] });
    const liar = await serve((message) => [reply(message, { id: 1 })]);
    expect(await ask(liar, query, { timeout: 100, tries: 1 })).toHaveProperty('error');
  });

  test('is asked again where it was lost', async () => {
    let count = 0;
    const server = await serve((message) => (++count === 1 ? [] : [reply(message)]));
    expect(await ask(server, query, options)).toMatchObject({ answer: [{ ttl: 300 }] });
    expect(count).toBe(2);
  });
});

test('a server is an address, with a port or without', () => {
  expect(parseServer('192.0.2.1')).toEqual({ address: '192.0.2.1', port: 53 });
  expect(parseServer('2001:db8::1')).toEqual({ address: '2001:db8::1', port: 53 });
  expect(parseServer('192.0.2.1:5353')).toEqual({ address: '192.0.2.1', port: 5353 });
  expect(parseServer('[2001:db8::1]:5353')).toEqual({ address: '2001:db8::1', port: 5353 });
  for (const text of [
    'ns1.example.org',
    '',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2:53',
    '[192.0.2.1',
    '::1:99999:',
  ]) {
    expect(parseServer(text)).toBeUndefined();
  }
});
