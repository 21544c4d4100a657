/** The zones that roll something, those whose roll is cut short, and their description. */

export interface Rolling {
  readonly policy: string;
  /** Another one, from the roll on. */
  readonly after?: string;
  /** What `danezone roll` is asked for; the zone of a certificate has none. */
  readonly roll?: 'zsk' | 'ksk' | 'csk' | 'algorithm' | 'insecure';
  readonly parent?: string;
  /** Of its mail server. */
  readonly address: string;
}

export const everyday = '192.0.2.25';

export const rolls: Readonly<Record<string, Rolling>> = {
  'zsk.test.': { policy: 'split', roll: 'zsk', address: everyday },
  'ksk.test.': { policy: 'split', roll: 'ksk', address: everyday },
  'csk.test.': { policy: 'hashed', roll: 'csk', address: everyday },
  'swap.test.': { policy: 'one-key', roll: 'csk', parent: 'swaps', address: everyday },
  'ed25519.test.': { policy: 'one-key', after: 'ed25519', roll: 'algorithm', address: everyday },
  'rsa.test.': { policy: 'rsa', after: 'split', roll: 'algorithm', address: everyday },
  'split.test.': { policy: 'one-key', after: 'split', roll: 'algorithm', address: everyday },
  'merge.test.': { policy: 'split', after: 'hashed', roll: 'algorithm', address: everyday },
  'certificate.test.': { policy: 'one-key', address: '192.0.2.26' },
};

/** It loses AD and TLSA on its way, but neither answers nor mail. */
export const leaves: Readonly<Record<string, Rolling>> = {
  'leaving.test.': { policy: 'one-key', roll: 'insecure', address: everyday },
};

/** Long TTLs, so that caches hold for sure what was there before. */
export const cutShort: Readonly<Record<string, Rolling>> = {
  'hasty-zsk.test.': { policy: 'slow', roll: 'zsk', address: everyday },
  'hasty-ksk.test.': { policy: 'slow', roll: 'ksk', parent: 'swaps', address: everyday },
  'hasty-certificate.test.': { policy: 'slow', address: '192.0.2.27' },
};

export const zones = { ...rolls, ...leaves, ...cutShort };
export const names = Object.keys(zones);
export const nameservers = ['ns1.example.net.', 'ns2.example.net.'] as const;

const soa = '{ ttl: 2s, refresh: 4s, retry: 2s, expire: 1h, minimum: 2s }';

/** `rolled`: with the policies after the rolls; `next`: with the key that comes; `switched`: with the certificate that came. */
export function description({ rolled = false, next = false, switched = false }): string {
  return `policies:
  one-key:
    keys: { layout: csk, algorithm: ECDSAP256SHA256, backup: none in a test }
    signatures: { validity: 36h, refresh: 12h }
    ttls: { default: 2s, tlsa: 2s, dnskey: 3s, max: 3s }
    timing: { run-interval: 1s, zone-propagation-delay: 1s, publish-safety: 1s, retire-safety: 1s }
  split: { like: one-key, keys: { layout: ksk-zsk } }
  hashed: { like: one-key, denial: nsec3 }
  ed25519: { like: one-key, keys: { algorithm: ED25519 } }
  rsa: { like: split, keys: { algorithm: RSASHA256 } }
  slow: { like: split, ttls: { default: 2s, tlsa: 10m, dnskey: 10m, max: 10m } }
parents:
  adds: { interface: ds, digests: [SHA-256], replace: add-remove, registration-delay: 0s, propagation-delay: 1s, ttl: 2s }
  swaps: { like: adds, replace: atomic }
certificates:
  first: { chain: certs/first.pem, source: observed }
  rolling: ${switched ? '{ chain: certs/second.pem }' : `{ chain: certs/first.pem${next ? ', next: certs/second.pem' : ''} }`}
  hasty: { chain: certs/first.pem${rolled ? ', next: certs/second.pem' : ''} }
hosts:
${Object.entries(zones)
  .map(([zone, { address }]) => {
    const of = address === everyday ? 'first' : zone.startsWith('hasty') ? 'hasty' : 'rolling';
    return `  mx.${zone.slice(0, -1)}: { addresses: [${address}], services: { smtp: ${of} }, tlsa: [DANE-EE SPKI SHA2-256] }`;
  })
  .join('\n')}
domains:
${Object.entries(zones)
  .map(
    ([zone, { policy, after, parent = 'adds' }]) => `  ${zone.slice(0, -1)}:
    policy: ${rolled ? (after ?? policy) : policy}
    parent: ${parent}
    nameservers: [${nameservers.map((name) => name.slice(0, -1)).join(', ')}]
    soa: ${soa}
    mail: [mx.${zone.slice(0, -1)}]
    records:
      www: { A: 192.0.2.80 }
      '*.wild': { TXT: wild }
      _smtp._tls: { TXT: 'v=TLSRPTv1; rua=mailto:reports@${zone.slice(0, -1)}' }`,
  )
  .join('\n')}
`;
}
