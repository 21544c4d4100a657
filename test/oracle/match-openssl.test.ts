/**
 * The matcher against OpenSSL, which Postfix and Exim match with: real handshakes of `openssl s_client` with `openssl s_server`
 * on loopback, and `openssl verify` for paths to trusted roots.
 *
 * Where OpenSSL is another client than RFC 6698, 7671, 5280 and 6125 ask for, `differences` says so and why; what the matcher
 * says there is held all the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchTlsa } from '../../src/dane/match/match.ts';
import { readRecord } from '../../src/dane/match/usability.ts';
import type { MatchVerdict } from '../../src/dane/match/verdict.ts';
import { name } from '../../src/dns/name.ts';
import { validatePath } from '../../src/x509/path.ts';
import { presentedOf, rdataOf, tlsa } from '../dane/matched.ts';
import { have, run, temporaryFolder } from '../e2e/programs.ts';
import { Authority } from './openssl-authority.ts';
import { type HandshakeResult, serve, shakeHands, type TlsServer } from './openssl-handshake.ts';
import { build, type Hierarchy, hierarchies } from './openssl-hierarchies.ts';

const isMissing = !have('openssl');
const trusted = ['root', 'root2'];

let folder: ReturnType<typeof temporaryFolder>;
let authority: Authority;
let server: TlsServer | undefined;
/** Certificates are valid from here on. */
let now = 0;

beforeAll(() => {
  if (isMissing) return;
  folder = temporaryFolder();
  authority = new Authority(folder.path);
  build(authority);
  now = authority.get('root').notBefore;
}, 300_000);

afterAll(async () => {
  await server?.stop();
  folder?.remove();
});

/** Runs `body` while a server presents the chain. */
async function whileServing(chain: readonly string[], body: (port: number) => void): Promise<void> {
  const [leaf, ...others] = chain;
  const rest = others.length === 0 ? undefined : authority.bundle(others);
  server = await serve(authority.path(`${leaf}.pem`), rest, authority.keyFile(leaf));
  try {
    body(server.port);
  } finally {
    await server.stop();
    server = undefined;
  }
}

const atOf = ({ days = 0 }: Hierarchy) => now + days * 86_400 + 3600;
const nameOf = (hierarchy: Hierarchy) => hierarchy.name ?? 'mx.example.test';

function verdictOf(hierarchy: Hierarchy, records: readonly string[]): MatchVerdict {
  return matchTlsa({
    rrset: records.map(rdataOf),
    presented: presentedOf(hierarchy.chain.map((certificate) => authority.get(certificate))),
    names: [name(nameOf(hierarchy))],
    at: atOf(hierarchy),
    application: 'other',
    trustStore: trusted.map((root) => authority.get(root)),
  });
}

function handshake(port: number, hierarchy: Hierarchy, records: readonly string[], more: object = {}): HandshakeResult {
  const roots = authority.bundle(trusted);
  return shakeHands(port, { baseDomain: nameOf(hierarchy), records, at: atOf(hierarchy), roots, ...more });
}

/** Title of the chain → records by parameters and certificate, and what the RFC makes of them against OpenSSL. */
const differences: Readonly<
  Record<string, { readonly records: RegExp; readonly matches: boolean; readonly why: string }>
> = {
  'expired intermediate': {
    records: /^2 . . short-intermediate$/,
    matches: false,
    why: 'OpenSSL skips the dates of an anchor that is not self-signed. RFC 5280 asks nothing of an anchor, but other libraries (GnuTLS) check it, and it is checked here',
  },
  'wildcard that is no whole label': {
    records: /^[012] /,
    matches: false,
    why: 's_client leaves partial wildcards on, which Postfix turns off (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)',
  },
  'self-signed': {
    records: /^2 1 0 /,
    matches: false,
    why: 'OpenSSL takes the key of a 2 1 0 record as an issuer that signed the leaf, also where it is the leaf’s own key: a trust anchor at depth 0',
  },
  'leaf for any purpose': {
    records: /^([02] . . intermediate|1 . . any-purpose)$/,
    matches: true,
    why: 'OpenSSL does not count anyExtendedKeyUsage (RFC 5280 section 4.2.1.12) for servers',
  },
  'critical policy constraints': {
    records: /^([12] . . (root|below-policy)|0 . . (root|policy)|2 . . policy)$/,
    matches: false,
    why: 'OpenSSL knows the extension and asks for no policy unless it is told to; RFC 5280 section 6.1 has it fail without one',
  },
  'root with a key usage and no basic constraints': {
    records: /^2 . . usage-root$/,
    matches: false,
    why: 'OpenSSL takes keyCertSign for an authority; RFC 5280 section 4.2.1.9 wants basicConstraints in version 3',
  },
};

const ofLeaf = ['1 1 1', '2 0 1', '2 1 0', '3 0 0', '3 1 1'];
const ofIssuer = ['0 0 1', '2 0 0', '2 0 2', '2 1 0', '2 1 1', '3 0 1'];

describe.skipIf(isMissing)('openssl s_client -dane_tlsa_rrdata', () => {
  test.each(hierarchies)('$title', async (hierarchy) => {
    const { chain, others = [], title } = hierarchy;
    await whileServing(chain, (port) => {
      for (const subject of [...chain, ...others]) {
        for (const parameters of subject === chain[0] ? ofLeaf : ofIssuer) {
          const label = `${parameters} ${subject}`;
          const record = tlsa(parameters, authority.get(subject));
          const verdict = verdictOf(hierarchy, [record]);
          const { reason } = verdict.records[0];
          const difference = differences[title]?.records.test(label) ? differences[title] : undefined;
          if (difference !== undefined) {
            expect([label, verdict.state === 'matched']).toEqual([label, difference.matches]);
            continue;
          }
          const theirs = handshake(port, hierarchy, [record]);
          // OpenSSL looks at one way up only: from each certificate to the first issuer that it finds.
          const ours = reason.kind === 'matched' && !reason.isDetour ? reason : undefined;
          expect([label, theirs.isAccepted]).toEqual([label, ours !== undefined]);
          // For a key without a certificate OpenSSL names the certificate that it signed, one below the anchor.
          const above = theirs.match?.how === 'signed the certificate' ? 1 : 0;
          expect([label, theirs.match && theirs.match.depth + above]).toEqual([label, ours?.depth]);
          expect(above === 1).toBe(ours?.by === 'supplied-key');
        }
      }
    });
  });

  test('every difference is one of a chain here', () => {
    expect(Object.keys(differences).filter((title) => !hierarchies.some((of) => of.title === title))).toEqual([]);
  });

  const [plain] = hierarchies;

  test('finds the same records unusable', async () => {
    const [leaf, good] = [authority.get('leaf'), tlsa('3 1 1', authority.get('leaf'))];
    const [digest, full] = [good.split(' ')[3], tlsa('3 0 0', leaf).split(' ')[3]];
    const key = tlsa('3 1 0', leaf).split(' ')[3];
    const records = [
      `3 1 1 ${digest.slice(2)}`,
      `3 1 1 ${digest}00`,
      `3 1 2 ${digest}`,
      `4 1 1 ${digest}`,
      `255 1 1 ${digest}`,
      `3 2 1 ${digest}`,
      `3 1 3 ${digest}`,
      `3 1 255 ${digest}`,
      `3 0 0 ${full.slice(0, -2)}`,
      `3 0 0 ${full}00`,
      `3 0 0 ${key}`,
      `2 1 0 ${full}`,
      `2 1 0 ${key}00`,
      '2 0 0 3000',
      `1 1 1 ${digest}`,
      `3 0 0 ${full}`,
      `3 1 0 ${key}`,
      good,
    ];
    await whileServing(plain.chain, (port) => {
      const { unusable, isAccepted } = handshake(port, plain, records);
      const ours = records.filter(
        (record, i) => 'unusable' in readRecord(rdataOf(record), i, { application: 'other', trustStore: [] }),
      );
      expect(unusable).toEqual(ours);
      expect(isAccepted).toBe(true);
    });
  });

  test('agrees on RRsets: digest agility, order, what else is there', async () => {
    const [leaf, intermediate, root] = ['leaf', 'intermediate', 'root'].map((certificate) =>
      authority.get(certificate),
    );
    const wrong = { 1: '00'.repeat(32), 2: '00'.repeat(64) };
    const sets = [
      [tlsa('3 1 1', leaf), `3 1 2 ${wrong[2]}`],
      [`3 1 1 ${wrong[1]}`, tlsa('3 1 2', leaf)],
      [tlsa('3 1 1', leaf), `3 0 2 ${wrong[2]}`],
      [tlsa('3 1 1', leaf), `2 1 2 ${wrong[2]}`],
      [tlsa('3 1 0', leaf), `3 1 2 ${wrong[2]}`],
      [tlsa('3 1 1', leaf), tlsa('3 1 0', root)],
      [tlsa('2 1 1', root), `2 1 2 ${wrong[2]}`],
      [tlsa('2 0 1', root), `2 1 2 ${wrong[2]}`],
      [tlsa('2 0 1', intermediate), `3 1 1 ${wrong[1]}`],
      [tlsa('2 1 1', root), tlsa('2 0 1', intermediate), tlsa('3 1 1', root)],
      [`3 1 1 ${wrong[1]}`, `2 1 1 ${wrong[1]}`, tlsa('2 1 1', leaf)],
      [tlsa('0 0 1', root), `3 1 1 ${wrong[1]}`],
      [tlsa('1 1 1', leaf), tlsa('2 1 1', root)],
      ['3 1 2 00', tlsa('3 1 1', leaf)],
    ];
    await whileServing(plain.chain, (port) => {
      for (const records of sets.flatMap((set) => [set, [...set].reverse()])) {
        const verdict = verdictOf(plain, records);
        const label = records.map((record) => record.slice(0, 12)).join(', ');
        expect([label, handshake(port, plain, records).isAccepted]).toEqual([label, verdict.state === 'matched']);
      }
    });
  });

  test('looks at names with DANE-EE unless it is told not to: RFC 7671 section 5.1 has none looked at', async () => {
    const other = hierarchies.find(({ title }) => title === 'another name') ?? plain;
    const records = [tlsa('3 1 1', authority.get(other.chain[0]))];
    await whileServing(other.chain, (port) => {
      expect(handshake(port, other, records, { namesOfDaneEe: true }).isAccepted).toBe(false);
      expect(handshake(port, other, records).isAccepted).toBe(true);
      expect(verdictOf(other, records).state).toBe('matched');
    });
  });
});

/** Chains on which `openssl verify` and RFC 5280 part; see `differences`. */
const otherPaths = [
  'leaf for any purpose',
  'critical policy constraints',
  'root with a key usage and no basic constraints',
];

describe.skipIf(isMissing)('openssl verify', () => {
  test.each(hierarchies.filter(({ title }) => !otherPaths.includes(title)))('path to a root: $title', (hierarchy) => {
    const [leaf, ...others] = hierarchy.chain;
    // The top of each chain is trusted here, so that its constraints are looked at.
    const roots = [...new Set([...trusted, ...others.slice(-1)])];
    const untrusted = others.length === 0 ? [] : ['-untrusted', authority.bundle(others)];
    const options = ['-purpose', 'sslserver', '-attime', String(atOf(hierarchy)), '-no-CApath', '-no-CAstore'];
    const files = ['-CAfile', authority.bundle(roots), ...untrusted, authority.path(`${leaf}.pem`)];
    const { status } = run('openssl', ['verify', ...options, ...files]);
    const store = roots.map((root) => authority.get(root)).filter(({ isSelfIssued }) => isSelfIssued);
    const pool = others.map((certificate) => authority.get(certificate));
    const answer = validatePath({
      leaf: authority.get(leaf),
      pool: [...pool, ...store.filter((root) => !pool.includes(root))],
      isAnchor: (certificate) => store.includes(certificate),
      at: atOf(hierarchy),
    });
    expect(answer.faults.length === 0).toBe(status === 0);
  });
});
