import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf } from '../../src/dns/field-text.ts';
import { OctetWriter } from '../../src/dns/fields.ts';
import {
  cutFrames,
  decodeMessage,
  encodeMessage,
  encodeQuery,
  frameMessage,
  type Message,
  Opcode,
  Rcode,
  rcodeName,
} from '../../src/dns/message.ts';
import { name, nameToWire } from '../../src/dns/name.ts';
import { encodeText, presentRData } from '../../src/dns/rdata/index.ts';
import { Type, type TypeCode, typeName } from '../../src/dns/type.ts';
import { hex } from '../../src/text/octets.ts';

const header = (flags: string, counts: string) => `1234 ${flags} ${counts}`;
const octetsOf = (...parts: string[]) => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const decoded = (...parts: string[]): Message => {
  const message = decodeMessage(octetsOf(...parts));
  if ('error' in message) throw new Error(message.error);
  return message;
};
const rdata = (type: TypeCode, text: string) => {
  const out = new OctetWriter();
  encodeText(type, fieldsOf(text), out);
  return hex(out.copy());
};

describe('queries', () => {
  test('RFC 1035 section 4.1: header, QNAME as labels, QTYPE and QCLASS', () => {
    const query = encodeQuery({
      id: 0x1234,
      name: name('F.ISI.ARPA.'.toLowerCase()),
      type: Type.A,
      recursionDesired: true,
    });
    expect(hex(query)).toBe('123401000001000000000000' + '0166036973690461727061' + '00' + '00010001');
  });

  test('RFC 6891: an OPT record with the payload size as class, DO as the top bit of its flags, options by number', () => {
    const query = encodeQuery({
      id: 1,
      name: name('.'),
      type: Type.DNSKEY,
      checkingDisabled: true,
      authenticData: true,
      edns: {
        udpSize: 1232,
        dnssecOk: true,
        options: [
          { code: 3, data: Buffer.alloc(0) },
          { code: 10, data: Buffer.from('0102', 'hex') },
        ],
      },
    });
    expect(hex(query)).toBe(
      '0001' +
        '0030' +
        '0001000000000001' +
        '00' +
        '00300001' +
        '00' +
        '0029' +
        '04d0' +
        '00008000' +
        '000a' +
        '00030000' +
        '000a00020102',
    );
  });

  test('names with escaped dots, octets outside ASCII and types without a mnemonic go out as they are', () => {
    const odd = name('a\\.b.\\000\\255.example.');
    const query = encodeQuery({ id: 0, name: odd, type: 65400 });
    expect(hex(query).slice(24)).toBe('03612e62' + '0200ff' + '076578616d706c65' + '00' + 'ff780001');
    expect((decodeMessage(query) as Message).question).toEqual([{ name: odd, type: 65400, class: 1 }]);
  });
});

describe('compression', () => {
  test('RFC 1035 section 4.1.4: labels, then a pointer; a pointer alone; the root', () => {
    const { question } = decoded(
      header('8000', '0004 0000 0000 0000'),
      '01 66 03 697369 04 61727061 00 0001 0001', // 12: F.ISI.ARPA
      '03 666f6f c00c 0001 0001', // FOO then F.ISI.ARPA
      'c012 0001 0001', // ARPA, inside the first name
      '00 0001 0001',
    );
    expect(question.map((asked) => asked.name)).toEqual(['f.isi.arpa.', 'foo.f.isi.arpa.', 'arpa.', '.']);
  });

  const question = '07 6578616d706c65 00 0001 0001'; // example. at 12
  const record = (type: TypeCode, rdata: string) => {
    const octets = octetsOf(rdata);
    return `c00c ${type.toString(16).padStart(4, '0')} 0001 00000e10 ${octets.length.toString(16).padStart(4, '0')} ${hex(octets)}`;
  };

  test.each<[TypeCode, string, string]>([
    [Type.NS, '026e73 c00c', 'ns.example.'],
    [Type.CNAME, 'c00c', 'example.'],
    [Type.DNAME, '0161 c00c', 'a.example.'],
    [Type.PTR, '00', '.'],
    [
      Type.SOA,
      '026e73 c00c 0168 c00c 00000001 00000708 00000258 00093a80 0000012c',
      'ns.example. h.example. 1 1800 600 604800 300',
    ],
    [Type.MX, '000a 026d78 c00c', '10 mx.example.'],
    [Type.SRV, '0001 0002 0019 026d78 c00c', '1 2 25 mx.example.'],
    [Type.RP, '0161 c00c 0162 c00c', 'a.example. b.example.'],
    [Type.MINFO, 'c00c c00c', 'example. example.'],
    [Type.AFSDB, '0001 0161 c00c', '1 a.example.'],
    [Type.KX, '0001 0161 c00c', '1 a.example.'],
    [Type.PX, '0001 0161 c00c c00c', '1 a.example. example.'],
    [Type.NAPTR, '0064 000a 0175 07 4532552b736970 00 0161 c00c', '100 10 "u" "E2U+sip" "" a.example.'],
  ])('names in the RDATA of type %i are expanded', (type, wire, text) => {
    const { answer } = decoded(header('8400', '0001 0001 0000 0000'), question, record(type, wire));
    expect(answer).toHaveLength(1);
    expect(answer[0].owner).toBe('example.');
    expect(answer[0].ttl).toBe(3600);
    expect(hex(answer[0].rdata)).toBe(rdata(type, text));
  });

  test('RDATA of types that must not be compressed is passed on octet for octet', () => {
    const { answer } = decoded(
      header('8400', '0001 0003 0000 0000'),
      question,
      record(Type.NSEC, '00 0001 40'),
      record(Type.DNSKEY, '0100 05 0d ffff'),
      record(65400, 'c00c'),
    );
    expect(answer.map((each) => hex(each.rdata))).toEqual(['00000140', '0100050dffff', 'c00c']);
  });

  test.each([
    ['a pointer to itself', 'c00c', ''],
    ['a pointer forward', 'c0ff', ''],
    ['a pointer into the header', 'c000', ''],
    ['a label of an unknown kind', '40 00', ''],
    ['a name without an end', '03 6161', ''],
  ])('%s is refused', (_what, wire) => {
    expect(decodeMessage(octetsOf(header('0000', '0001 0000 0000 0000'), wire))).toHaveProperty('error');
  });

  test('two pointers that lead to each other are refused', () => {
    const loop = octetsOf(header('0000', '0002 0000 0000 0000'), '01 61 c00e 0001 0001', 'c00c 0001 0001');
    expect(decodeMessage(loop)).toHaveProperty('error');
  });

  test('a name of 255 octets is read, one of 256 is not', () => {
    const labels = `3f${'61'.repeat(63)}`.repeat(3);
    const longest = `${labels}3d${'62'.repeat(61)}00`;
    expect(decoded(header('0000', '0001 0000 0000 0000'), longest, '00010001').question[0].name).toHaveLength(254);
    const tooLong = `${labels}3e${'62'.repeat(62)}00`;
    expect(decodeMessage(octetsOf(header('0000', '0001 0000 0000 0000'), tooLong, '00010001'))).toHaveProperty('error');
  });

  test('a compressed name does not read past its RDATA', () => {
    const cut = octetsOf(
      header('8400', '0001 0001 0000 0000'),
      question,
      'c00c 0002 0001 00000000 0002 026e',
      '73c00c',
    );
    expect(decodeMessage(cut)).toHaveProperty('error');
  });
});

describe('responses', () => {
  test('flags and response code come from the header, the upper bits of the code from OPT (RFC 6891 section 6.1.3)', () => {
    const message = decoded(header('85b3', '0000 0000 0000 0001'), '00 0029 04d0 01 00 8000 0000');
    expect(message.flags).toEqual({
      response: true,
      authoritative: true,
      truncated: false,
      recursionDesired: true,
      recursionAvailable: true,
      authenticData: true,
      checkingDisabled: true,
    });
    expect(message.rcode).toBe(0x13);
    expect(message.edns).toEqual({ udpSize: 1232, version: 0, dnssecOk: true, options: [] });
    expect(message.additional).toEqual([]);
    expect(rcodeName(Rcode.BADVERS)).toBe('BADVERS');
    expect(rcodeName(3841)).toBe('RCODE3841');
  });

  test.each([
    ['two OPT records', '0002', '00 0029 0200 00000000 0000 00 0029 0200 00000000 0000'],
    ['an OPT record with an owner', '0001', '0161 00 0029 0200 00000000 0000'],
    ['an option past the end of OPT', '0001', '00 0029 0200 00000000 0004 000a 0008'],
    ['octets behind the last record', '0000', '00'],
    ['fewer records than the header says', '0003', '00 0001 0001 00000000 0000'],
    ['RDATA past the end', '0001', '00 0001 0001 00000000 0004 0102'],
  ])('%s: the message is refused', (_what, count, rest) => {
    expect(decodeMessage(octetsOf(header('8000', `0000 0000 0000 ${count}`), rest))).toHaveProperty('error');
  });

  test('fewer octets than a header are refused', () => {
    expect(decodeMessage(new Uint8Array(11))).toHaveProperty('error');
  });
});

describe('whole messages', () => {
  test('RFC 2136: an UPDATE keeps classes NONE and ANY and records without RDATA', () => {
    const update = encodeMessage({
      id: 7,
      opcode: Opcode.update,
      question: [{ name: name('example.'), type: Type.SOA }],
      authority: [{ owner: name('a.example.'), type: Type.MX, class: 255, ttl: 0, rdata: new Uint8Array(0) }],
    });
    const message = decodeMessage(update) as Message;
    expect(message.opcode).toBe(5);
    expect(message.authority).toMatchObject([{ owner: 'a.example.', type: Type.MX, class: 255, ttl: 0 }]);
    expect(message.authority[0].rdata).toHaveLength(0);
  });

  interface RecordVector {
    readonly typeNumber: number;
    readonly rdataHex: string;
  }
  test('every record of the vectors goes through a message unchanged', () => {
    const vectors: readonly RecordVector[] = JSON.parse(
      readFileSync(new URL('../vectors/records/records.json', import.meta.url), 'utf8'),
    );
    const answer = vectors.map(({ typeNumber, rdataHex }) => {
      return { owner: name('example.'), type: typeNumber, class: 1, ttl: 1, rdata: Buffer.from(rdataHex, 'hex') };
    });
    expect(answer.length).toBeGreaterThan(100);
    const message = decodeMessage(encodeMessage({ id: 1, flags: { response: true }, answer })) as Message;
    expect(message.answer.map(({ type, rdata }) => [type, hex(rdata)])).toEqual(
      answer.map(({ type, rdata }) => [type, hex(rdata)]),
    );
  });

  test('any octets are a message or an error, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (rest) => {
        const octets = Buffer.concat([octetsOf(header('8180', '0001 0001 0001 0001')), rest]);
        expect(decodeMessage(octets)).toBeTypeOf('object');
      }),
      { numRuns: 2000 },
    );
  });

  test('a decoded message does not change when the octets it came from do', () => {
    const octets = Buffer.from(
      encodeMessage({ id: 1, answer: [{ owner: name('a.'), type: 65400, ttl: 1, rdata: Buffer.from('01', 'hex') }] }),
    );
    const message = decodeMessage(octets) as Message;
    octets.fill(0);
    expect(hex(message.answer[0].rdata)).toBe('01');
  });
});

interface CapturedAnswer {
  readonly server: string;
  readonly about: string;
  readonly hex: string;
}
const captured: readonly CapturedAnswer[] = JSON.parse(
  readFileSync(new URL('../vectors/messages/answers.json', import.meta.url), 'utf8'),
);

describe('answers of BIND, Knot and PowerDNS', () => {
  const soa = ['e.test.', 'SOA', 'ns.e.test. host.e.test. 1 2 3 4 5'];
  const expected: Record<string, string[][]> = {
    SOA: [soa],
    NS: [
      ['e.test.', 'NS', 'ns.e.test.'],
      ['e.test.', 'NS', 'ns2.sub.e.test.'],
    ],
    MX: [['t.e.test.', 'MX', '10 mx.sub.e.test.']],
    SRV: [['t.e.test.', 'SRV', '1 2 3 mx.sub.e.test.']],
    NAPTR: [['t.e.test.', 'NAPTR', '100 10 "u" "E2U+sip" "" mx.sub.e.test.']],
    RP: [['t.e.test.', 'RP', 'a.t.e.test. b.sub.e.test.']],
    AFSDB: [['t.e.test.', 'AFSDB', '1 t.e.test.']],
    KX: [['t.e.test.', 'KX', '1 mx.t.e.test.']],
    PTR: [['t.e.test.', 'PTR', 'sub.e.test.']],
    MINFO: [['t.e.test.', 'MINFO', 't.e.test. x.e.test.']],
    CNAME: [['c.e.test.', 'CNAME', 't.e.test.']],
    DNAME: [['d.e.test.', 'DNAME', 'sub.e.test.']],
  };
  test.each(captured)('$server, $about', ({ about, hex: octets }) => {
    const { id, flags, answer, authority, edns } = decoded(octets);
    expect({ id, response: flags.response, authoritative: flags.authoritative }).toEqual({
      id: 0x1234,
      response: true,
      authoritative: true,
    });
    expect(edns?.dnssecOk).toBe(false);
    const wanted = expected[about] ?? [soa];
    const records = about === 'NXDOMAIN' ? authority : answer.filter(({ type }) => typeName(type) === wanted[0][1]);
    const texts = records.map(({ owner, type, rdata }) => [
      owner,
      typeName(type),
      presentRData(type, rdata).toLowerCase(),
    ]);
    expect(texts.sort()).toEqual(wanted.map(([owner, type, text]) => [owner, type, text.toLowerCase()]));
  });
});

describe('TCP frames (RFC 1035 section 4.2.2)', () => {
  test('messages are cut off a stream at any place', () => {
    const first = encodeQuery({ id: 1, name: name('a.'), type: Type.A });
    const second = encodeQuery({ id: 2, name: name('b.example.'), type: Type.TXT });
    const stream = Buffer.concat([frameMessage(first), frameMessage(second)]);
    for (let cut = 0; cut <= stream.length; cut++) {
      const early = cutFrames(stream.subarray(0, cut));
      const late = cutFrames(Buffer.concat([early.rest, stream.subarray(cut)]));
      expect([...early.messages, ...late.messages].map(hex)).toEqual([hex(first), hex(second)]);
      expect(late.rest).toHaveLength(0);
    }
  });
});

test('nameToWire and the question agree on the longest label', () => {
  const longest = name(`${'a'.repeat(63)}.`);
  expect(hex(encodeQuery({ id: 0, name: longest, type: 1 })).slice(24, -8)).toBe(hex(nameToWire(longest)));
});
