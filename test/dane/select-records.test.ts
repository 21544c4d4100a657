import { describe, expect, test } from 'vitest';
import { associationsFor } from '../../src/dane/select-records.ts';
import { name } from '../../src/dns/name.ts';
import { newReport } from '../../src/text/problem.ts';
import { authorities, chainOf } from '../x509/vectors.ts';
import { at, digestOf, hostOf, literal, recordsOf, request } from './hosts.ts';

const mx1 = { mx1: ['made/chain.pem'] } as const;

describe('current ∪ next', () => {
  test('the default is DANE-EE SPKI SHA2-256 of the leaf', () => {
    const { records, rules, services } = recordsOf(mx1);
    expect(records).toEqual([`3 1 1 ${digestOf('leaf.pem', '1 1')}`]);
    expect(rules).toEqual([]);
    expect(services[0].owner).toBe('_25._tcp.mx1.example.test.');
  });

  test('one record for each certificate of the service: RSA and ECDSA', () => {
    const certificates = { ecdsa: ['made/chain.pem'], rsa: ['made/leaf-rsa.pem'] } as const;
    const { records, rules } = recordsOf(certificates, { services: { smtp: ['ecdsa', 'rsa'] } });
    expect(records).toEqual(
      [digestOf('leaf.pem', '1 1'), digestOf('leaf-rsa.pem', '1 1')].sort().map((d) => `3 1 1 ${d}`),
    );
    expect(rules).toEqual([]);
  });

  test.each([
    ['a certificate', 'made/leaf-next-key.pem', 'leaf-next-key.pem'],
    ['a public key', 'made/rsa2048.pkcs1.pub.pem', 'rsa2048.pem'],
  ])('the next key is published too: %s', (_, next, file) => {
    const { services, rules } = recordsOf({ mx1: ['made/chain.pem', next] });
    const records = services[0].associations.map(({ data, from }) => [Buffer.from(data).toString('hex'), from]);
    const certificate = (role: string, subject?: string) => [
      { kind: 'certificate', certificate: 'mx1', role, depth: 0, subject },
    ];
    expect(rules).toEqual([]);
    expect(Object.fromEntries(records)).toEqual({
      [digestOf('leaf.pem', '1 1')]: certificate('current', 'mx1.example.test'),
      [digestOf(file, '1 1')]: certificate('next', next.includes('leaf') ? 'mx1.example.test' : undefined),
    });
  });

  test('every usage, selector and matching type asked for, in canonical order, for every service', () => {
    const tlsa = ['DANE-EE SPKI SHA2-512', 'DANE-EE SPKI SHA2-256', 'DANE-EE Cert SHA2-256'].map((text) =>
      request(text),
    );
    const { services, records } = recordsOf(mx1, { services: { smtp: ['mx1'], imaps: ['mx1'] }, tlsa });
    expect(records).toEqual([
      `3 0 1 ${digestOf('leaf.pem', '0 1')}`,
      `3 1 1 ${digestOf('leaf.pem', '1 1')}`,
      `3 1 2 ${digestOf('leaf.pem', '1 2')}`,
    ]);
    expect(services.map(({ owner }) => owner)).toEqual(['_25._tcp.mx1.example.test.', '_993._tcp.mx1.example.test.']);
    expect(services[1].associations).toEqual(services[0].associations);
  });

  test('two certificates for one key are one SPKI record, with both as its sources', () => {
    const certificates = { old: ['made/leaf.pem'], renewed: ['made/leaf-renewed.pem'] } as const;
    const { services } = recordsOf(certificates, { services: { smtp: ['old', 'renewed'] } });
    expect(services[0].associations).toHaveLength(1);
    expect(services[0].associations[0].from).toMatchObject([{ certificate: 'old' }, { certificate: 'renewed' }]);
  });

  test('an alias takes the place of the records', () => {
    const host = { ...hostOf({}), tlsaAlias: { value: name('tlsa.example.test.'), at: at(5) } };
    const [service] = associationsFor(host, new Map(), newReport());
    expect(service).toMatchObject({ alias: 'tlsa.example.test.', associations: [] });
  });

  test('a host without requests has no records', () => {
    expect(recordsOf(mx1, { tlsa: [] })).toMatchObject({ records: [], rules: [] });
  });
});

describe('trust anchors', () => {
  test('DANE-TA takes the issuer of the leaf', () => {
    const { records, rules, services } = recordsOf(mx1, { tlsa: [request('DANE-TA Cert SHA2-256')] });
    expect(records).toEqual([`2 0 1 ${digestOf('intermediate.pem', '0 1')}`]);
    expect(services[0].associations[0].from).toMatchObject([{ depth: 1, subject: 'Test Intermediate' }]);
    expect(rules).toEqual([]);
  });

  test('or the certificate of the chain that the anchor names, in any case', () => {
    const { records } = recordsOf(mx1, { tlsa: [request('DANE-TA SPKI SHA2-256', 'test root 1')] });
    expect(records).toEqual([`2 1 1 ${digestOf('root.pem', '1 1')}`]);
  });

  test('or the certificate of a file, if it is in the chain', () => {
    const anchors = new Map([['certs/root.pem', chainOf('made/root.pem')[0]]]);
    const tlsa = [request('DANE-TA SPKI SHA2-256', 'certs/root.pem')];
    expect(recordsOf(mx1, { tlsa }, anchors).records).toEqual([`2 1 1 ${digestOf('root.pem', '1 1')}`]);
    expect(recordsOf({ mx1: ['made/chain-no-root.pem'] }, { tlsa }, anchors).rules).toContain('dane/ta-not-in-chain');
  });

  test('PKIX-TA may pin a root that only clients hold', () => {
    const anchors = new Map([['certs/root.pem', chainOf('made/root.pem')[0]]]);
    const tlsa = [request('PKIX-TA SPKI SHA2-256', 'certs/root.pem')];
    const options = { tlsa, services: { https: ['mx1'] } };
    const { records, rules } = recordsOf({ mx1: ['made/chain-no-root.pem'] }, options, anchors);
    expect(records).toEqual([`0 1 1 ${digestOf('root.pem', '1 1')}`]);
    expect(rules).toEqual([]);
  });

  test('a next key without its certificate needs no other anchor', () => {
    const { records, rules } = recordsOf(
      { mx1: ['made/chain.pem', 'made/rsa2048.pkcs1.pub.pem'] },
      { tlsa: [request('DANE-TA SPKI SHA2-256')] },
    );
    expect(records).toHaveLength(1);
    expect(rules).toEqual([]);
  });
});

describe('rules', () => {
  const rulesOf = (...args: Parameters<typeof recordsOf>) => recordsOf(...args).rules;
  const problemsOf = (...args: Parameters<typeof recordsOf>) =>
    recordsOf(...args).problems.map(({ rule, position }) => [rule, position?.line]);

  test('dane/ta-not-in-chain: the issuer is not in the file', () => {
    const tlsa = [request('DANE-TA SPKI SHA2-256')];
    expect(problemsOf({ mx1: ['made/leaf.pem'] }, { tlsa })).toEqual([['dane/ta-not-in-chain', 10]]);
    expect(rulesOf(mx1, { tlsa })).toEqual([]);
  });

  test('dane/ta-not-in-chain: the root is not in the file', () => {
    const tlsa = [request('DANE-TA SPKI SHA2-256', 'Test Root 1')];
    expect(rulesOf({ mx1: ['made/chain-no-root.pem'] }, { tlsa })).toEqual(['dane/ta-not-in-chain']);
    expect(rulesOf({ mx1: ['made/chain-gap.pem'] }, { tlsa })).toEqual(['cert/chain-order', 'dane/ta-not-in-chain']);
  });

  test('dane/ta-not-in-chain: the leaf itself is no trust anchor', () => {
    const tlsa = [request('DANE-TA SPKI SHA2-256')];
    expect(rulesOf({ mx1: ['made/self-signed-ca-leaf.pem'] }, { tlsa })).toEqual(['dane/ta-not-in-chain']);
    const named = [request('DANE-TA SPKI SHA2-256', 'mx1.example.test')];
    expect(rulesOf(mx1, { tlsa: named })).toEqual(['dane/ta-not-in-chain']);
  });

  test('dane/ta-name-mismatch: with DANE-TA the certificate names the host, with DANE-EE it need not', () => {
    const host = 'mx9.example.test.';
    expect(rulesOf(mx1, { host, tlsa: [request('DANE-TA SPKI SHA2-256')] })).toEqual(['dane/ta-name-mismatch']);
    expect(rulesOf(mx1, { host })).toEqual([]);
  });

  test('dane/pkix-usage-smtp: on port 25 only', () => {
    const tlsa = [request('PKIX-EE SPKI SHA2-256')];
    expect(problemsOf(mx1, { tlsa })).toEqual([['dane/pkix-usage-smtp', 10]]);
    expect(rulesOf(mx1, { tlsa, services: { '25/tcp': ['mx1'] } })).toEqual(['dane/pkix-usage-smtp']);
    expect(rulesOf(mx1, { tlsa, services: { submission: ['mx1'] } })).toEqual([]);
  });

  test('dane/full-data-smtp: a whole certificate for SMTP; a whole key is only large', () => {
    expect(rulesOf(mx1, { tlsa: [request('DANE-EE Cert Full')] })).toEqual(['dane/full-data-smtp']);
    expect(rulesOf(mx1, { tlsa: [request('DANE-TA Cert Full')] })).toEqual(['dane/full-data-smtp']);
    expect(rulesOf(mx1, { tlsa: [request('DANE-EE SPKI Full')] })).toEqual(['dane/full-data']);
    expect(rulesOf(mx1, { tlsa: [request('DANE-EE Cert Full')], services: { imaps: ['mx1'] } })).toEqual([
      'dane/full-data',
    ]);
  });

  test('what is wrong with a request is said once, not for each service', () => {
    const services = { imaps: ['mx1'], pop3s: ['mx1'], sieve: ['mx1'] };
    expect(rulesOf(mx1, { tlsa: [request('DANE-EE SPKI Full')], services })).toEqual(['dane/full-data']);
  });

  test('dane/duplicate: the same request or the same record twice', () => {
    const twice = [request('DANE-EE SPKI SHA2-256', undefined, 10), request('DANE-EE SPKI SHA2-256', undefined, 11)];
    expect(problemsOf(mx1, { tlsa: twice })).toEqual([['dane/duplicate', 11]]);
    const record = `3 1 1 ${digestOf('leaf.pem', '1 1')}`;
    expect(problemsOf(mx1, { tlsa: [literal(record, 10), literal(record.toUpperCase(), 11)] })).toEqual([
      ['dane/duplicate', 11],
    ]);
    expect(problemsOf(mx1, { tlsa: [literal(record, 10), request('DANE-EE SPKI SHA2-256', undefined, 11)] })).toEqual([
      ['dane/duplicate', 10],
    ]);
    const anchors = [request('DANE-TA SPKI SHA2-256'), request('DANE-TA SPKI SHA2-256', 'Test Root 1')];
    expect(rulesOf(mx1, { tlsa: anchors })).toEqual([]);
  });

  test('dane/field-range: a literal record', () => {
    expect(problemsOf(mx1, { tlsa: [literal('3 1 1 00'), request('DANE-EE SPKI SHA2-256')] })).toEqual([
      ['dane/field-range', 10],
    ]);
  });

  test('dane/wrong-input-digest: the certificate where the key is said', () => {
    const tlsa = [literal(`3 1 1 ${digestOf('leaf.pem', '0 1')}`, 12), request('DANE-EE SPKI SHA2-256')];
    expect(problemsOf(mx1, { tlsa })).toEqual([['dane/wrong-input-digest', 12]]);
  });

  test('dane/nothing-matches: only a record of another key', () => {
    const other = literal(`3 1 1 ${digestOf('leaf-next-key.pem', '1 1')}`);
    expect(problemsOf(mx1, { tlsa: [other] })).toEqual([['dane/nothing-matches', 30]]);
    expect(rulesOf(mx1, { tlsa: [other, request('DANE-EE SPKI SHA2-256')] })).toEqual([]);
  });

  test('dane/algorithm-uncovered: RSA and ECDSA, and a record for one of them', () => {
    const certificates = { ecdsa: ['made/chain.pem'], rsa: ['made/leaf-rsa.pem'] } as const;
    const ecdsa = literal(`3 1 1 ${digestOf('leaf.pem', '1 1')}`);
    const rsa = literal(`3 1 1 ${digestOf('leaf-rsa.pem', '1 1')}`);
    const services = { smtp: ['ecdsa', 'rsa'] };
    expect(rulesOf(certificates, { services, tlsa: [ecdsa] })).toEqual(['dane/algorithm-uncovered']);
    expect(rulesOf(certificates, { services, tlsa: [ecdsa, rsa] })).toEqual([]);
  });

  test('dane/parameter-set-uncovered: a digest type whose only record is of another key', () => {
    const stale = literal(`3 1 2 ${digestOf('leaf-next-key.pem', '1 2')}`);
    const current = request('DANE-EE SPKI SHA2-256');
    expect(rulesOf(mx1, { tlsa: [current, stale] })).toEqual(['dane/parameter-set-uncovered']);
    expect(rulesOf(mx1, { tlsa: [current, stale, request('DANE-EE SPKI SHA2-512')] })).toEqual([]);
  });

  test('dane/unknown-certificate: a certificate that is not there', () => {
    expect(problemsOf({}, {})).toEqual([['dane/unknown-certificate', 30]]);
  });

  test('dane/too-many-records: by number, or by the size of the signed answer', () => {
    const literals = (count: number) =>
      Array.from({ length: count }, (_, i) => literal(`3 1 1 ${String(i).padStart(64, '0')}`));
    const current = request('DANE-EE SPKI SHA2-256');
    expect(problemsOf(mx1, { tlsa: [current, ...literals(12)] })).toEqual([['dane/too-many-records', 20]]);
    expect(rulesOf(mx1, { tlsa: [current, ...literals(11)] })).toEqual([]);
    const full = request('DANE-EE Cert Full');
    const rsa = { mx1: ['letsencrypt/isrg-root-x1.pem'] } as const;
    expect(rulesOf(rsa, { tlsa: [full], services: { imaps: ['mx1'] } })).toEqual([
      'dane/full-data',
      'dane/too-many-records',
    ]);
  });

  test('dane/next-without-certificate: Cert of a key that has no certificate yet', () => {
    const certificates = { mx1: ['made/chain.pem', 'made/rsa2048.pkcs1.pub.pem'] } as const;
    expect(problemsOf(certificates, { tlsa: [request('DANE-EE Cert SHA2-256')] })).toEqual([
      ['dane/next-without-certificate', 3],
    ]);
    expect(rulesOf(certificates)).toEqual([]);
  });

  test('dane/next-is-current: a renewed certificate for the same key rolls nothing, unless the record is of the certificate', () => {
    const certificates = { mx1: ['made/chain.pem', 'made/leaf-renewed.pem'] } as const;
    expect(problemsOf(certificates)).toEqual([['dane/next-is-current', 3]]);
    expect(rulesOf(certificates, { tlsa: [request('DANE-EE Cert SHA2-256')] })).toEqual([]);
  });
});

describe('issuer catalogues', () => {
  const listed = authorities.filter(({ status }) => status === 'active' || status === 'backup');

  test('letsencrypt: every active and backup issuer by its key', () => {
    const options = {
      tlsa: [{ kind: 'issuers', catalogue: 'letsencrypt', at: at(10) } as const],
      services: { smtp: [] },
    };
    const { records, rules } = recordsOf({}, options);
    expect(records).toEqual(listed.map(({ tlsa }) => `2 1 1 ${tlsa?.['1 1']}`).sort());
    expect(rules).toEqual([]);
  });

  test('dane/unknown-issuers: a catalogue that does not exist', () => {
    const tlsa = [{ kind: 'issuers', catalogue: 'letsencript', at: at(10) } as const];
    const { problems } = recordsOf({}, { tlsa, services: { smtp: [] } });
    expect(problems).toMatchObject([
      {
        rule: 'dane/unknown-issuers',
        position: at(10),
        hint: 'did you mean letsencrypt?',
      },
    ]);
  });

  test('a chain whose issuer is in no catalogue record matches nothing', () => {
    const tlsa = [{ kind: 'issuers', catalogue: 'letsencrypt', at: at(10) } as const];
    const { rules, problems } = recordsOf(mx1, { tlsa });
    expect(rules).toEqual(['dane/nothing-matches']);
    expect(problems[0].related).toEqual([
      { position: at(10), message: 'letsencrypt as of 2026-07-08 does not list Test Intermediate, the issuer of mx1' },
    ]);
    const alone = recordsOf({ mx1: ['made/leaf.pem'] }, { tlsa });
    expect(alone.problems[0].related?.[0].message).toContain('holds no issuer');
  });
});
