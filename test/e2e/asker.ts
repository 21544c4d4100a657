/**
 * A program of its own, to be bundled and run inside a namespace: asks resolvers again and again for the same things, and notes
 * what they do not answer as they should. Its only argument is `Asked` as JSON.
 *
 * It writes a line of JSON for each answer that is not as it should be (`Miss`), and at SIGTERM a last one, `{"tallies": [Tally …]}`.
 */
import { createSocket } from 'node:dgram';
import { decodeMessage, encodeMessage, Rcode, rcodeName } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';
import { typeName } from '../../src/dns/type.ts';

export interface Asked {
  /** IPv4 addresses. */
  readonly resolvers: readonly string[];
  /** With the final dot. */
  readonly zones: readonly string[];
  /** A `*` in a name stands for a word that was never asked for. */
  readonly questions: readonly { readonly name: string; readonly type: number; readonly rcode: number }[];
  /** Milliseconds between two rounds; in each, `each` questions go to every resolver for every zone. */
  readonly every: number;
  readonly each: number;
}

export interface Tally {
  readonly resolver: string;
  readonly zone: string;
  queries: number;
  /** As they should be, and with AD. */
  secure: number;
  servfail: number;
  /** The right answer without AD. */
  insecure: number;
  /** Another answer, or none within five seconds. */
  other: number;
}

export interface Miss {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly resolver: string;
  readonly zone: string;
  readonly question: string;
  readonly answer: string;
}

const patience = 5000;

function main({ resolvers, zones, questions, every, each }: Asked): void {
  const tallies: Tally[] = [];
  const askers = resolvers.map((resolver) => {
    const waiting = new Map<number, (answer: { readonly rcode: number; readonly ad: boolean } | undefined) => void>();
    const socket = createSocket('udp4');
    socket.on('message', (octets) => {
      const answer = decodeMessage(octets);
      if ('error' in answer) return;
      waiting.get(answer.id)?.({ rcode: answer.rcode, ad: answer.flags.authenticData });
    });
    let id = 0;
    const ask = (name: string, type: number, done: (answer?: { rcode: number; ad: boolean }) => void) => {
      const own = (id = (id + 1) & 0xffff);
      const silence = setTimeout(() => end(undefined), patience);
      const end = (answer: { rcode: number; ad: boolean } | undefined) => {
        clearTimeout(silence);
        waiting.delete(own);
        done(answer);
      };
      waiting.set(own, end);
      const octets = encodeMessage({
        id: own,
        flags: { recursionDesired: true },
        question: [{ name: name as Name, type }],
        edns: { udpSize: 4096, dnssecOk: true },
      });
      socket.send(octets, 53, resolver);
    };
    return { resolver, ask, socket };
  });
  let words = 0;
  let round = 0;
  const tick = setInterval(() => {
    round++;
    for (const zone of zones) {
      for (const { resolver, ask } of askers) {
        for (let index = 0; index < each; index++) {
          const { name, type, rcode } = questions[(round * each + index) % questions.length];
          const full = `${name.replace('*', `w${++words}`)}${name === '' ? '' : '.'}${zone}`;
          const tally = tallyOf(tallies, resolver, zone);
          tally.queries++;
          ask(full, type, (answer) => {
            const kind = kindOf(answer, rcode);
            tally[kind]++;
            if (kind === 'secure') return;
            const said = answer === undefined ? 'nothing' : `${rcodeName(answer.rcode)}${answer.ad ? ' AD' : ''}`;
            const miss: Miss = {
              at: Date.now(),
              resolver,
              zone,
              question: `${full} ${typeName(type)}`,
              answer: said,
            };
            process.stdout.write(`${JSON.stringify(miss)}\n`);
          });
        }
      }
    }
  }, every);
  process.stdout.write('asking\n');
  process.once('SIGTERM', () => {
    clearInterval(tick);
    // What is under way is answered, or given up.
    setTimeout(() => {
      process.stdout.write(`${JSON.stringify({ tallies })}\n`, () => process.exit(0));
    }, patience - 1500);
  });
}

type Kind = 'secure' | 'servfail' | 'insecure' | 'other';

function kindOf(answer: { readonly rcode: number; readonly ad: boolean } | undefined, rcode: number): Kind {
  if (answer?.rcode === Rcode.SERVFAIL) return 'servfail';
  if (answer?.rcode !== rcode) return 'other';
  return answer.ad ? 'secure' : 'insecure';
}

function tallyOf(tallies: Tally[], resolver: string, zone: string): Tally {
  const found = tallies.find((tally) => tally.resolver === resolver && tally.zone === zone);
  if (found !== undefined) return found;
  const tally: Tally = { resolver, zone, queries: 0, secure: 0, servfail: 0, insecure: 0, other: 0 };
  tallies.push(tally);
  return tally;
}

main(JSON.parse(process.argv[2]));
