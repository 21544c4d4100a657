/** DS sets of a declared parent against the keys of a declared child: keys and digests are those of dnssec-dsfromkey. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { domain, judged } from './judged.ts';

const key = (stem: string) => readFileSync(new URL(`../vectors/keys/plain/${stem}.key`, import.meta.url), 'utf8');
const ksk = 'Kexample.test.+013+08721';
const zsk = 'Kexample.test.+013+07956';
const otherKsk = 'Kexample.test.+015+46215';

/** As `dnssec-dsfromkey -a SHA-1 -a SHA-256 -a SHA-384` has them. */
const sha1 = '8721 13 1 A2BB437E1A1580530F1E7A31FE2BE1B57346E1DD';
const sha256 = '8721 13 2 B47EDB8FA8B7D3CE198F90149418A425408B68B53590FC562495F33E29F8BB15';
/** The same of the key that signs the zone only (`-A`). */
const zskSha256 = '7956 13 2 BAD39900BAEC8E57F3E1E2CDB95BE0341885046A40212A5E2D5F51B8BC506A32';
const sha384 =
  '8721 13 4 4CFF8CA719D16505C7F20DDCC9BEC75107C855CA98E05028E342B76A6A1D6A98828A7D901F6E0D6125700B62E94D74A8';
const otherSha256 = '46215 15 2 4AFF1183B011BC2894E9980F149A42ADAD67A117BEE231D2B4E5F3D38BEB43E6';
const otherSha384 =
  '46215 15 4 A5B658EE40F7484E34A9CE51FCB2D175B332413A510CF8EE77514B3BCE3CA0B8D7826654821E4CA250086F36EE289139';
const stranger = `4711 13 2 ${'00'.repeat(32)}`;

interface Case {
  readonly ds: readonly string[];
  /** Stems of the key files that the child's folder has. */
  readonly keys?: readonly string[];
  readonly policy?: string;
}

function said({ ds, keys = [ksk, zsk], policy = 'two' }: Case): string[] {
  const yaml = `policies: {two: {keys: {layout: ksk-zsk}}}
domains:
${domain('test', '', `      example: {NS: [ns1.example.net, ns2.example.net], DS: [${ds.map((text) => `'${text}'`).join(', ')}]}\n`)}${domain('example.test', policy === '' ? '' : `    policy: ${policy}\n`)}`;
  const folder = Object.fromEntries(keys.map((stem) => [`/infra/keys/example.test/${stem}.key`, key(stem)]));
  return judged(yaml, folder).problems.map(({ rule, position }) => `${rule} ${position?.file}:${position?.line}`);
}

const at = (rule: string) => `${rule} zones/a.yaml:6`;

describe('a literal DS set above a signed child of the repository', () => {
  test('may have the digests of its keys', () => {
    expect(said({ ds: [sha256] })).toEqual([]);
    expect(said({ ds: [sha256, sha384] })).toEqual([]);
  });

  test('must lead to a key of the child', () => {
    expect(said({ ds: [stranger] })).toEqual([at('parent/ds-without-key')]);
    expect(said({ ds: [sha256.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))] })).toEqual([
      at('parent/ds-without-key'),
    ]);
  });

  test('may name a stand-by key beside one that is there', () => {
    expect(said({ ds: [sha256, stranger] })).toEqual([at('parent/standby-ds')]);
  });

  test('must lead to a key that signs the DNSKEY RRset', () => {
    expect(said({ ds: [zskSha256] })).toContain(at('parent/ds-without-signatures'));
  });

  test('must not reach an algorithm by a weaker digest only', () => {
    expect(said({ ds: [sha384, otherSha256], keys: [ksk, zsk, otherKsk] })).toContain(at('parent/digest-mixed'));
    expect(said({ ds: [sha384, otherSha384], keys: [ksk, zsk, otherKsk] })).not.toContain(at('parent/digest-mixed'));
  });

  test('should not have SHA-1', () => {
    expect(said({ ds: [sha1] })).toEqual([at('parent/digest-type')]);
  });

  test('must not be there above a child that is not signed', () => {
    expect(said({ ds: [sha256], keys: [], policy: 'unsigned' })).toContain(at('parent/unsigned-under-ds'));
  });

  test('is judged alone where the keys are not in this checkout', () => {
    expect(said({ ds: [stranger], keys: [] })).toEqual([]);
    expect(said({ ds: [sha1], keys: [] })).toEqual([at('parent/digest-type')]);
  });
});

describe('a DS set above a child of somebody else', () => {
  const above = (ds: readonly string[]) => {
    const list = ds.map((text) => `'${text}'`).join(', ');
    const yaml = `domains:\n${domain('test', '', `      child: {NS: [ns1.example.net, ns2.example.net], DS: [${list}]}\n`)}`;
    return judged(yaml).said;
  };

  test('should not have SHA-1, nor an algorithm without the strongest digest of the set', () => {
    expect(above([stranger])).toEqual([]);
    expect(above([sha1])).toEqual(['parent/digest-type child.test']);
    expect(above([sha384, otherSha256])).toEqual(['parent/digest-mixed child.test']);
    expect(above([sha384, sha256, otherSha384])).toEqual([]);
  });

  test('should have at most eight records', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1} 13 2 ${'00'.repeat(32)}`);
    expect(above(many(8))).toEqual([]);
    expect(above(many(9))).toEqual(['parent/too-many-ds child.test']);
  });
});
