/** Our messages against name servers: what NSD answers for every record of the vectors, over UDP and TCP. */
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OctetWriter } from '../../src/dns/fields.ts';
import { zoneText } from '../../src/dns/master-writer.ts';
import {
  cutFrames,
  decodeMessage,
  encodeQuery,
  frameMessage,
  type Message,
  type Query,
  Rcode,
} from '../../src/dns/message.ts';
import { name } from '../../src/dns/name.ts';
import { writeCanonical } from '../../src/dns/rdata/index.ts';
import { Type, type TypeCode } from '../../src/dns/type.ts';
import { newZoneBuilder } from '../../src/dns/zone-builder.ts';
import { hex, type Octets } from '../../src/text/octets.ts';
import { newReport } from '../../src/text/problem.ts';
import { have, type Server, startNsd, temporaryFolder } from './programs.ts';

const installed = have('nsd');

function understood(octets: Octets): Message {
  const message = decodeMessage(octets);
  if ('error' in message) throw new Error(`the message ${message.error}: ${hex(octets)}`);
  return message;
}

function askUdp(port: number, query: Query): Promise<Message> {
  return new Promise((done, failed) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => {
      socket.close();
      failed(new Error('no answer'));
    }, 3000);
    socket.once('message', (octets) => {
      clearTimeout(timer);
      socket.close();
      try {
        done(understood(octets));
      } catch (error) {
        failed(error);
      }
    });
    socket.send(encodeQuery(query), port, '127.0.0.1');
  });
}

function askTcp(port: number, queries: readonly Query[]): Promise<Message[]> {
  return new Promise((done, failed) => {
    let stream: Octets = new Uint8Array(0);
    const answers: Message[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      for (const query of queries) socket.write(frameMessage(encodeQuery(query)));
    });
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    socket.once('error', failed);
    socket.on('data', (data) => {
      const { messages, rest } = cutFrames(Buffer.concat([stream, data]));
      stream = rest;
      for (const message of messages) answers.push(understood(message));
      if (answers.length < queries.length) return;
      socket.end();
      done(answers);
    });
  });
}

interface RecordVector {
  readonly typeNumber: TypeCode;
  readonly rdataHex: string;
}
const vectors: readonly RecordVector[] = JSON.parse(
  readFileSync(new URL('../vectors/records/records.json', import.meta.url), 'utf8'),
);
/** What a server answers otherwise: at a CNAME, below a cut or a DNAME, and for its own denial. */
const special = new Set<TypeCode>([
  Type.SOA,
  Type.NS,
  Type.CNAME,
  Type.DNAME,
  Type.NSEC,
  Type.NSEC3,
  Type.NSEC3PARAM,
  Type.DS,
  Type.RRSIG,
]);
const asked = vectors
  .map((vector, i) => ({ ...vector, owner: name(`r${i}.e.test.`) }))
  .filter(({ typeNumber }) => !special.has(typeNumber));

const canonical = (type: TypeCode, octets: Octets): string => {
  const out = new OctetWriter();
  writeCanonical(type, octets, 0, octets.length, out);
  return hex(out.copy());
};

describe.skipIf(!installed)('answers of NSD', () => {
  const folder = temporaryFolder();
  let server: Server;
  beforeAll(async () => {
    const builder = newZoneBuilder(name('e.test.'));
    const add = (owner: string, type: TypeCode, rdataHex: string) =>
      builder.addRRset({ owner: name(owner), type, ttl: 60, records: [Buffer.from(rdataHex, 'hex')] });
    const host = '026e7301650474657374' + '00';
    add('e.test.', Type.SOA, `${host}${host}0000000100000002000000030000000400000005`);
    add('e.test.', Type.NS, host);
    add('ns.e.test.', Type.A, '7f000001');
    add('sub.e.test.', Type.NS, '026e73037375620165047465737400');
    add('ns.sub.e.test.', Type.A, '7f000002');
    for (const { owner, typeNumber, rdataHex } of asked) add(owner, typeNumber, rdataHex);
    const file = join(folder.path, 'e.test.zone');
    writeFileSync(file, zoneText(builder.finish(newReport())));
    server = await startNsd(folder.path, [{ name: 'e.test', file }], async (port) => {
      const [answer] = await askTcp(port, [{ id: 1, name: name('e.test.'), type: Type.SOA }]).catch(() => []);
      return answer?.rcode === Rcode.NOERROR;
    });
  });
  afterAll(async () => {
    await server?.stop();
    folder.remove();
  });

  test('every record arrives as it was written, names expanded', async () => {
    const queries = asked.map(({ owner, typeNumber }, id) => ({ id, name: owner, type: typeNumber }));
    const answers = await askTcp(server.port, queries);
    expect(answers.map(({ id }) => id).sort((a, b) => a - b)).toEqual(queries.map(({ id }) => id));
    for (const { id, answer, flags, question } of answers) {
      const { owner, typeNumber, rdataHex } = asked[id];
      expect(flags).toMatchObject({ response: true, authoritative: true, truncated: false });
      expect(question).toEqual([{ name: owner, type: typeNumber, class: 1 }]);
      expect(answer).toHaveLength(1);
      expect(answer[0]).toMatchObject({ owner, type: typeNumber, class: 1, ttl: 60 });
      expect(canonical(typeNumber, answer[0].rdata)).toBe(canonical(typeNumber, Buffer.from(rdataHex, 'hex')));
    }
  });

  test('UDP: EDNS is answered, a referral has its glue, a name that is not there is NXDOMAIN with the SOA', async () => {
    const edns = { udpSize: 1232, dnssecOk: true };
    const referral = await askUdp(server.port, { id: 7, name: name('x.sub.e.test.'), type: Type.A, edns });
    expect(referral.edns).toMatchObject({ dnssecOk: true });
    expect(referral.flags.authoritative).toBe(false);
    expect(referral.authority).toMatchObject([{ owner: 'sub.e.test.', type: Type.NS }]);
    expect(referral.additional).toMatchObject([{ owner: 'ns.sub.e.test.', type: Type.A }]);
    const absent = await askUdp(server.port, { id: 8, name: name('no.e.test.'), type: Type.A });
    expect(absent.rcode).toBe(Rcode.NXDOMAIN);
    expect(absent.edns).toBeUndefined();
    expect(absent.authority).toMatchObject([{ owner: 'e.test.', type: Type.SOA }]);
  });

  test('EDNS of a version that is not known is BADVERS, whose code needs the OPT record', async () => {
    const edns = { udpSize: 1232, dnssecOk: false, version: 1 };
    const answer = await askUdp(server.port, { id: 9, name: name('e.test.'), type: Type.SOA, edns });
    expect(answer.rcode).toBe(Rcode.BADVERS);
  });
});
