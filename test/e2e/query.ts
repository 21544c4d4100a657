/** DNS queries over TCP on loopback, so that no answer is cut short. */
import { connect } from 'node:net';
import { decodeMessage, encodeMessage, type Message } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';

export interface QueryOptions {
  readonly recursion?: boolean;
  readonly checkingDisabled?: boolean;
}

let id = 1;

/** Asks 127.0.0.1; rejects where no whole answer comes within five seconds. */
export function query(port: number, name: Name, type: number, options: QueryOptions = {}): Promise<Message> {
  id = (id + 1) & 0xffff;
  const message = encodeMessage({
    id,
    flags: { recursionDesired: options.recursion ?? false, checkingDisabled: options.checkingDisabled ?? false },
    question: [{ name, type }],
    edns: { udpSize: 1232, dnssecOk: true },
  });
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer from port ${port} for ${name}`)));
    let received = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
      socket.destroy();
      const answer = decodeMessage(received.subarray(2, 2 + received.readUInt16BE()));
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer);
    });
  });
}

/** Whether a server answers at all. */
export async function answers(port: number): Promise<boolean> {
  try {
    await query(port, '.' as Name, 6);
    return true;
  } catch {
    return false;
  }
}
