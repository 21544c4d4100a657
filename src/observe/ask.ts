/** One question to one DNS server: over UDP, again where it is lost, and over TCP where the answer does not fit (RFC 1035, 7766). */
import { createSocket } from 'node:dgram';
import { connect, isIP, isIPv6 } from 'node:net';
import { cutFrames, decodeMessage, encodeQuery, frameMessage, type Message, type Query } from '../dns/message.ts';
import type { Octets } from '../text/octets.ts';

export interface Server {
  /** IPv4 or IPv6. */
  readonly address: string;
  readonly port: number;
}

/** `192.0.2.53`, `2001:db8::53`, `192.0.2.53:5353` or `[2001:db8::53]:5353`; undefined: no address. */
export function parseServer(text: string): Server | undefined {
  if (isIP(text) !== 0) return { address: text, port: 53 };
  const parts = /^(?:\[(.+)\]|([0-9.]+)):([1-9][0-9]{0,4})$/.exec(text);
  const [address, port] = [parts?.[1] ?? parts?.[2] ?? '', Number(parts?.[3])];
  return isIP(address) === 0 || port > 65_535 ? undefined : { address, port };
}

export interface AskOptions {
  /** Milliseconds for each try. */
  readonly timeout?: number;
  readonly tries?: number;
}

/** RFC 9715: what passes everywhere without fragments. */
export const udpSize = 1232;

/** The answer to this very question; the error is a sentence without its subject. */
export async function ask(
  server: Server,
  query: Query,
  { timeout = 3000, tries = 3 }: AskOptions = {},
): Promise<Message | { readonly error: string }> {
  const octets = encodeQuery(query);
  const isAnswer = (answer: Octets) => answerTo(query, answer) !== undefined;
  let reason = 'does not answer';
  for (let attempt = 0; attempt < tries; attempt++) {
    const udp = await overUdp(server, octets, timeout, isAnswer);
    if ('error' in udp) {
      reason = udp.error;
      continue;
    }
    const answer = answerTo(query, udp.octets) as Message;
    if (!answer.flags.truncated) return answer;
    const tcp = await overTcp(server, octets, timeout);
    if ('error' in tcp) return tcp;
    return answerTo(query, tcp.octets) ?? { error: 'gives an answer over TCP that does not belong to the question' };
  }
  return { error: reason };
}

/** Undefined: another message, or none. */
function answerTo({ id, name, type }: Query, octets: Octets): Message | undefined {
  const message = decodeMessage(octets);
  if ('error' in message || message.id !== id || !message.flags.response) return undefined;
  const [question] = message.question;
  return question?.name === name && question.type === type ? message : undefined;
}

type Got = { readonly octets: Octets } | { readonly error: string };

function overUdp(
  { address, port }: Server,
  query: Octets,
  timeout: number,
  isAnswer: (octets: Octets) => boolean,
): Promise<Got> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (got: Got) => {
      clearTimeout(timer);
      socket.close();
      resolve(got);
    };
    const timer = setTimeout(() => end({ error: 'does not answer' }), timeout);
    socket.once('error', ({ message }) => end({ error: `cannot be reached: ${message}` }));
    // Anybody may send to this port: what is no answer is not looked at.
    socket.on('message', (octets) => {
      if (isAnswer(octets)) end({ octets });
    });
    socket.connect(port, address, () => socket.send(query));
  });
}

function overTcp({ address, port }: Server, query: Octets, timeout: number): Promise<Got> {
  return new Promise((resolve) => {
    let stream: Octets = new Uint8Array(0);
    const socket = connect({ host: address, port });
    const end = (got: Got) => {
      socket.destroy();
      resolve(got);
    };
    socket.setTimeout(timeout, () => end({ error: 'does not answer over TCP' }));
    socket.once('error', ({ message }) => end({ error: `cannot be reached over TCP: ${message}` }));
    socket.once('close', () => end({ error: 'closes the connection before its answer is whole' }));
    socket.once('connect', () => socket.write(frameMessage(query)));
    socket.on('data', (octets) => {
      stream = Buffer.concat([stream, octets]);
      const [message] = cutFrames(stream).messages;
      if (message !== undefined) end({ octets: message });
    });
  });
}
