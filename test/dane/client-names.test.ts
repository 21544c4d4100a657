/** Names by which a client asks for a host (RFC 7671 section 3, RFC 7672 section 3.2.2, RFC 7673 section 4). */
import { expect, test } from 'vitest';
import { clientNames } from '../../src/dane/match/client-names.ts';
import { name } from '../../src/dns/name.ts';

const [base, nextHop, expansion] = ['mx.example.test', 'example.test', 'mail.example.net'].map(name);

test('SNI and the first reference name are the TLSA base domain', () => {
  const plain = clientNames({ kind: 'host', baseDomain: base });
  expect(plain).toEqual({ sni: base, references: [base] });
  for (const asked of [nextHop, expansion]) {
    const { sni, references } = clientNames({ kind: 'host', baseDomain: base, asked });
    expect([sni, references[0]]).toEqual([base, base]);
  }
});

test('an MX host may name the next-hop domain and its secure expansion', () => {
  const found = clientNames({ kind: 'mx', baseDomain: base, nextHop, expansion, isMxSecure: true });
  expect(found).toEqual({ sni: base, references: [base, nextHop, expansion] });
});

test('an MX record that is not secure gives no name but the host', () => {
  const found = clientNames({ kind: 'mx', baseDomain: base, nextHop, expansion, isMxSecure: false });
  expect(found.references).toEqual([base]);
});

test('a host that was reached over an alias may name the alias', () => {
  expect(clientNames({ kind: 'host', baseDomain: base, asked: nextHop }).references).toEqual([base, nextHop]);
});

test('a host of an SRV record may name the service domain and the target', () => {
  const [target, service] = [name('im.example.net'), nextHop];
  const found = clientNames({ kind: 'srv', baseDomain: expansion, target, service });
  expect(found).toEqual({ sni: expansion, references: [expansion, target, service] });
});

test('RFC 7673 section 4.1: with a secure SRV record the service domain and the target, the target for SNI', () => {
  const [service, target] = [name('im.example.com'), name('xmpp23.hosting.example.net')];
  const found = clientNames({ kind: 'srv', baseDomain: target, target, service });
  expect(found.sni).toBe(target);
  expect([...found.references].sort()).toEqual([service, target].sort());
});

test('each name once', () => {
  const found = clientNames({ kind: 'mx', baseDomain: base, nextHop: base, expansion: base, isMxSecure: true });
  expect(found.references).toEqual([base]);
});
