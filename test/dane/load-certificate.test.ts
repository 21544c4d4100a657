import { describe, expect, test } from 'vitest';
import { reportHostDates } from '../../src/dane/host-dates.ts';
import { loadAnchor, loadCertificate, type ReadFile } from '../../src/dane/load-certificate.ts';
import { certificateNames, coversHost } from '../../src/dane/names.ts';
import { associationsFor } from '../../src/dane/select-records.ts';
import { name } from '../../src/dns/name.ts';
import { newReport } from '../../src/text/problem.ts';
import { certificateName } from '../../src/x509/certificate.ts';
import { chainOf, octetsOf, textOf } from '../x509/vectors.ts';
import { at, hostOf, load, readVector, request, source } from './hosts.ts';

function loading(chain: string, next?: string, read: ReadFile = readVector) {
  const to = newReport();
  const loaded = loadCertificate(source('mx1', chain, next), read, to);
  return { loaded, problems: to.problems, rules: to.problems.map(({ rule }) => rule) };
}

describe('the files of a certificate', () => {
  test('a chain file and the next key in each form', () => {
    for (const next of ['made/leaf-next-key.pem', 'made/rsa2048.pkcs1.pub.pem', 'made/test-only-rsa2048.pkcs1.pem']) {
      const { loaded } = loading('made/chain.pem', next);
      expect(loaded?.chain.map(certificateName)).toEqual(['mx1.example.test', 'Test Intermediate', 'Test Root 1']);
      expect(loaded?.next?.spki.length).toBeGreaterThan(0);
    }
  });

  test('a file that is not there is told where the description names it', () => {
    const { loaded, problems } = loading('certs/absent.pem');
    expect(loaded).toBeUndefined();
    expect(problems).toMatchObject([{ rule: 'cert/unreadable', position: at(2), subject: 'mx1' }]);
  });

  test('what is wrong inside a file is told there, and where the description names it', () => {
    const { loaded, problems } = loading('made/reject-bad-base64-character.pem');
    expect(loaded).toBeUndefined();
    expect(problems).toMatchObject([
      {
        rule: 'cert/unreadable',
        subject: 'mx1',
        position: { file: 'made/reject-bad-base64-character.pem', line: 4 },
        related: [{ position: at(2) }],
      },
    ]);
  });

  test('a key or a request is no chain', () => {
    for (const file of ['made/same-key.csr.pem', 'made/same-key.pub.pem']) {
      expect(loading(file)).toMatchObject({ loaded: undefined, rules: ['cert/not-a-certificate'] });
    }
  });

  test('a private key where the chain is expected never reaches a message', () => {
    const file = 'made/reject-test-only-key-instead-of-certificate.pem';
    const { loaded, problems, rules } = loading(file);
    expect(loaded).toBeUndefined();
    expect(rules).toEqual(['cert/private-key-in-repo', 'cert/not-a-certificate']);
    for (const line of textOf(file).split('\n').slice(1, 4)) expect(JSON.stringify(problems)).not.toContain(line);
  });

  test('cert/private-key-in-repo: an unencrypted key beside the chain or as the next key', () => {
    expect(loading('made/test-only-bundle-key-and-chain.pem').rules).toEqual(['cert/private-key-in-repo']);
    expect(loading('made/chain.pem', 'made/test-only-rsa2048.pkcs1.pem').rules).toEqual(['cert/private-key-in-repo']);
    expect(loading('made/chain.pem').rules).toEqual([]);
  });

  test('cert/several-leaves', () => {
    expect(loading('made/chain-two-leaves.pem')).toMatchObject({ loaded: undefined, rules: ['cert/several-leaves'] });
  });

  test('dane/next-is-current: the key of the leaf, in each form', () => {
    for (const next of ['made/same-key.csr.pem', 'made/same-key.pub.pem', 'made/leaf.pem']) {
      const { problems } = loading('made/chain.pem', next);
      expect(problems).toMatchObject([{ rule: 'dane/next-is-current', position: at(3) }]);
    }
    expect(loading('made/p256-compressed.pem', 'made/p256.pem').rules).toEqual([]);
    expect(loading('made/chain.pem', 'made/leaf-next-key.pem').rules).toEqual([]);
  });

  test('the very file that is the chain is no next key: the switch is over, and the next renewal will be offered there', () => {
    const { loaded, rules } = loading('made/chain.pem', 'made/chain.pem');
    expect(rules).toEqual([]);
    expect(loaded?.chain).toHaveLength(3);
    expect(loaded?.next).toBeUndefined();
  });

  test('dane/tls-weak: short RSA keys, SHA-1, curves that nobody offers', () => {
    for (const file of ['rsa1024', 'sha1-signed', 'p256-explicit']) {
      expect(loading(`made/${file}.pem`).rules).toEqual(['dane/tls-weak']);
    }
    for (const file of ['rsa2048', 'rsa-pss', 'p256', 'p384', 'p521', 'ed25519', 'leaf']) {
      expect(loading(`made/${file}.pem`).rules).toEqual([]);
    }
  });
});

describe('anchors that are files', () => {
  test('a file with one certificate, and nothing else', () => {
    const rulesOf = (path: string) => {
      const to = newReport();
      const certificate = loadAnchor(path, at(10), readVector, to);
      return [certificate && certificateName(certificate), ...to.problems.map(({ rule }) => rule)];
    };
    expect(rulesOf('made/root.pem')).toEqual(['Test Root 1']);
    expect(rulesOf('made/chain.pem')).toEqual([undefined, 'cert/not-a-certificate']);
    expect(rulesOf('made/same-key.pub.pem')).toEqual([undefined, 'cert/not-a-certificate']);
    expect(rulesOf('absent.pem')).toEqual([undefined, 'cert/unreadable']);
  });
});

describe('names', () => {
  const covers = (file: string, host: string) => coversHost(chainOf(file)[0], name(host));

  test('DNS names count, in any case; a wildcard stands for one label', () => {
    const file = 'made/san-idn-wildcard.pem';
    expect(covers(file, 'xn--mller-kva.example.test.')).toBe(true);
    expect(covers(file, 'mx9.example.test.')).toBe(true);
    expect(covers(file, 'example.test.')).toBe(true);
    expect(covers(file, 'a.b.example.test.')).toBe(false);
    expect(covers(file, 'test.')).toBe(false);
  });

  test('a common name counts only where no alternative name is a DNS name', () => {
    expect(covers('made/no-san.pem', 'mx1.example.test.')).toBe(true);
    expect(certificateNames(chainOf('made/leaf.pem')[0])).toEqual(['mx1.example.test', 'example.test']);
    expect(certificateNames(chainOf('made/root.pem')[0])).toEqual(['Test Root 1']);
  });
});

describe('dates of a host', () => {
  const rulesOf = (parameters: string, chain: string, now: number, nextRun?: number) => {
    const to = newReport();
    const loaded = load('mx1', chain);
    if (loaded === undefined) throw new Error(chain);
    const certificates = new Map([['mx1', loaded]]);
    const host = hostOf({ tlsa: [request(parameters)], services: { imaps: ['mx1'], pop3s: ['mx1'] } });
    reportHostDates(host, associationsFor(host, certificates, newReport()), certificates, { now, nextRun }, to);
    return to.problems.map(({ rule, message }) => [rule, message.split(' ')[0]]);
  };
  const [leaf] = chainOf('made/leaf.pem');

  test('DANE-EE: the leaf alone, and for information', () => {
    expect(rulesOf('DANE-EE SPKI SHA2-256', 'made/chain.pem', leaf.notBefore - 1)).toEqual([
      ['cert/expired-ee', 'mx1.example.test'],
    ]);
    expect(rulesOf('DANE-EE SPKI SHA2-256', 'made/chain.pem', leaf.notBefore)).toEqual([]);
  });

  test('DANE-TA: everything up to the anchor, and not what is above it', () => {
    expect(rulesOf('DANE-TA SPKI SHA2-256', 'made/chain.pem', leaf.notBefore - 1)).toEqual([
      ['cert/expired-ta', 'mx1.example.test'],
      ['cert/expired-ta', 'Test'],
    ]);
  });

  test('a certificate that expires before the next run', () => {
    expect(rulesOf('PKIX-EE SPKI SHA2-256', 'made/leaf.pem', leaf.notAfter - 1, leaf.notAfter + 1)).toEqual([
      ['cert/expires-before-next-run', 'mx1.example.test'],
    ]);
  });
});

test('the file is read once for each place that names it', () => {
  const paths: string[] = [];
  loading('made/chain.pem', 'made/leaf-next-key.pem', (path) => {
    paths.push(path);
    return octetsOf(path);
  });
  expect(paths).toEqual(['made/chain.pem', 'made/leaf-next-key.pem']);
});
