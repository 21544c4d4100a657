/** Opens the signer of a key: the engine that the algorithm needs, with the checks around it. */
import { randomFillSync } from 'node:crypto';
import { ecdsaCurves } from '../crypto/curve.ts';
import { secretOfPkcs8 } from '../crypto/pkcs8.ts';
import { openVerifier } from '../crypto/verify-signature.ts';
import { algorithmName } from '../dnssec/algorithm.ts';
import { equalOctets, type Octets } from '../text/octets.ts';
import { checkedSigner } from './checked.ts';
import { openEcdsa } from './ecdsa.ts';
import type { Entropy, RawSigner } from './engine.ts';
import { openOpenssl } from './openssl.ts';
import { openReference } from './reference.ts';
import type { Signer, SignerSpec } from './signer.ts';

export { type Entropy, FaultySignature } from './engine.ts';
export type { Signer, SignerSpec, SigningOptions } from './signer.ts';

/** The system's generator. Node has it filled for each call, and does not hand out shared memory. */
const systemEntropy: Entropy = (count) => randomFillSync(new Uint8Array(count));

/**
 * A key whose halves do not belong together, or whose algorithm may not sign, is a bug here: reading the keys has refused it.
 * `entropy` blinds and picks samples; signatures do not depend on it.
 */
export function openSigner(spec: SignerSpec, entropy: Entropy = systemEntropy): Signer {
  const { key, engine } = spec;
  const { pkcs8 } = spec.privateKey;
  const raw = engine === 'noble' ? openReference(key.algorithm, pkcs8) : openNode(key.algorithm, pkcs8, entropy);
  if (!equalOctets(raw.publicKey, key.publicKey)) throw new Error(`the halves of ${key.path} do not belong together`);
  const verifier = openVerifier(key.algorithm, key.publicKey);
  if ('error' in verifier) throw new Error(`${key.path}: ${verifier.error}`);
  const reference = engine === 'noble' ? undefined : () => openReference(key.algorithm, pkcs8);
  return checkedSigner(key, raw, { verifier, reference, entropy });
}

function openNode(algorithm: number, pkcs8: Octets, entropy: Entropy): RawSigner {
  const curve = ecdsaCurves[algorithm];
  if (curve === undefined) return openOpenssl(algorithm, pkcs8);
  const secret = secretOfPkcs8(algorithm, pkcs8);
  if (secret === undefined) throw new Error(`the private key is not one of ${algorithmName(algorithm)}`);
  return openEcdsa(curve, secret, entropy);
}
