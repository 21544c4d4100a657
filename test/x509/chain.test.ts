import { describe, expect, test } from 'vitest';
import { certificateName } from '../../src/x509/certificate.ts';
import { isSignedBy, issuersIn, orderChain } from '../../src/x509/chain.ts';
import { authorities, chainOf, octetsOf, read } from './vectors.ts';

const one = (file: string) => chainOf(file)[0];
const names = (certificates: readonly Parameters<typeof certificateName>[0][]) => certificates.map(certificateName);

const leaf = one('made/leaf.pem');
const intermediate = one('made/intermediate.pem');
const cross = one('made/intermediate-cross.pem');
const root = one('made/root.pem');
const root2 = one('made/root2.pem');

describe('the order of a chain', () => {
  test('the leaf is the one that issued none of the others, wherever it stands', () => {
    for (const inFile of [
      [leaf, intermediate, root],
      [root, intermediate, leaf],
      [intermediate, leaf, root],
    ]) {
      expect(orderChain(inFile).certificates).toEqual([leaf, intermediate, root]);
    }
  });

  test('a file in order has no fault; one in another order has one', () => {
    expect(orderChain([leaf, intermediate, root]).faults).toEqual([]);
    expect(orderChain([root, intermediate, leaf]).faults).toHaveLength(1);
    expect(orderChain([leaf, root, intermediate]).faults).toHaveLength(1);
  });

  test('both certificates of a cross-signed issuer belong to the chain', () => {
    const chain = orderChain([leaf, intermediate, cross, root, root2]);
    expect(chain.certificates).toEqual([leaf, intermediate, cross, root, root2]);
    expect(chain.faults).toEqual([]);
  });

  test('an issuer without the certificate that it issued is a stray', () => {
    const chain = orderChain([leaf, root]);
    expect(chain.certificates).toEqual([leaf]);
    expect(chain.strays).toEqual([root]);
    expect(chain.faults.map(({ certificate }) => certificate)).toEqual([root]);
  });

  test('a name alone makes no issuer: the signature must verify', () => {
    const bad = one('made/leaf-bad-signature.pem');
    expect(isSignedBy(leaf, intermediate)).toBe(true);
    expect(isSignedBy(bad, intermediate)).toBe(false);
    expect(orderChain([bad, intermediate]).strays).toEqual([intermediate]);
  });

  test('two certificates for one key do not issue each other', () => {
    const selfSigned = one('made/self-signed-ca-leaf.pem');
    const x1 = one('letsencrypt/isrg-root-x1.pem');
    const crossed = one('letsencrypt/isrg-root-x1-by-dst-root-ca-x3.pem');
    expect(issuersIn([x1, crossed], x1)).toEqual([]);
    expect(orderChain([selfSigned]).leaves).toEqual([selfSigned]);
    expect(orderChain([x1, crossed]).leaves).toEqual([x1, crossed]);
  });

  test('certificates of a public authority find their issuers, RSA and ECDSA, cross-signed or not', () => {
    const all = authorities.map(({ file }) => one(file));
    const issuers = (file: string) => names(issuersIn(all, one(`letsencrypt/${file}`)));
    expect(new Set(issuers('ye1.pem'))).toEqual(new Set(['Root YE']));
    expect(new Set(issuers('r13.pem'))).toEqual(new Set(['ISRG Root X1']));
    expect(new Set(issuers('e7-by-x1.pem'))).toEqual(new Set(['ISRG Root X1']));
    expect(issuers('lets-encrypt-authority-x3-by-dst-root-ca-x3.pem')).toEqual(['DST Root CA X3']);
  });

  test('the fault is told at the certificate that it is about', () => {
    const { problems } = read('chain.pem', octetsOf('made/chain-duplicate.pem'));
    expect(problems).toMatchObject([{ rule: 'cert/chain-order', position: { file: 'chain.pem', line: 26 } }]);
  });
});
