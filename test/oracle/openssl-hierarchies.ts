/** Chains, right and wrong, made by openssl: what the matcher and openssl are both asked about. */
import type { Authority } from './openssl-authority.ts';

export interface Hierarchy {
  readonly title: string;
  /** As it is presented. */
  readonly chain: readonly string[];
  /** Certificates that are not presented and have records all the same. */
  readonly others?: readonly string[];
  /** Days from now on at which the handshake is. */
  readonly days?: number;
  /** TLSA base domain; default mx.example.test. */
  readonly name?: string;
}

const ca = (more = '') => [
  `basicConstraints=critical,CA:TRUE${more}`,
  'keyUsage=critical,keyCertSign,cRLSign',
  'subjectKeyIdentifier=hash',
];
const host = (names = 'DNS:mx.example.test') => ['basicConstraints=CA:FALSE', `subjectAltName=${names}`];

/** Makes every certificate that the hierarchies name. */
export function build(authority: Authority): void {
  const make = authority.make.bind(authority);
  make('root', { subject: '/CN=Root', extensions: ca(), days: 90 });
  make('root2', { subject: '/CN=Root 2', extensions: ca(), days: 90 });
  make('intermediate', { subject: '/CN=Intermediate', issuer: 'root', extensions: ca(), days: 90 });
  make('leaf', { subject: '/CN=mx', issuer: 'intermediate', extensions: host(), days: 90 });

  make('rsa-root', { subject: '/CN=RSA Root', kind: 'rsa', extensions: ca() });
  make('rsa-leaf', { subject: '/CN=mx', kind: 'rsa', issuer: 'rsa-root', extensions: host() });
  make('ed-root', { subject: '/CN=Ed Root', kind: 'ed25519', extensions: ca() });
  make('ed-leaf', { subject: '/CN=mx', kind: 'ed25519', issuer: 'ed-root', extensions: host() });

  make('short-leaf', { subject: '/CN=mx', issuer: 'intermediate', extensions: host(), days: 10 });
  make('short-intermediate', { subject: '/CN=Short', issuer: 'root', extensions: ca(), days: 10 });
  make('below-short', { subject: '/CN=mx', issuer: 'short-intermediate', extensions: host(), days: 90 });
  make('short-root', { subject: '/CN=Short Root', extensions: ca(), days: 10 });
  make('short-root-intermediate', {
    subject: '/CN=Under Short Root',
    issuer: 'short-root',
    extensions: ca(),
    days: 90,
  });
  make('below-short-root', { subject: '/CN=mx', issuer: 'short-root-intermediate', extensions: host(), days: 90 });

  make('zero-root', { subject: '/CN=Zero Root', extensions: ca(',pathlen:0') });
  make('one-root', { subject: '/CN=One Root', extensions: ca(',pathlen:1') });
  for (const of of ['zero', 'one']) {
    make(`${of}-intermediate`, { subject: `/CN=Under ${of}`, issuer: `${of}-root`, extensions: ca() });
    make(`below-${of}`, { subject: '/CN=mx', issuer: `${of}-intermediate`, extensions: host() });
  }
  make('direct-zero', { subject: '/CN=mx', issuer: 'zero-root', extensions: host() });

  make('no-ca', { subject: '/CN=No CA', issuer: 'root', extensions: ['basicConstraints=CA:FALSE'] });
  make('below-no-ca', { subject: '/CN=mx', issuer: 'no-ca', extensions: host() });
  make('no-sign', {
    subject: '/CN=No Sign',
    issuer: 'root',
    extensions: ['basicConstraints=CA:TRUE', 'keyUsage=digitalSignature'],
  });
  make('below-no-sign', { subject: '/CN=mx', issuer: 'no-sign', extensions: host() });
  make('old-root', { subject: '/CN=Old Root' });
  make('below-old', { subject: '/CN=mx', issuer: 'old-root', extensions: host() });

  make('other-name', { subject: '/CN=mx.example.test', issuer: 'intermediate', extensions: host('DNS:other.test') });
  make('common-name', {
    subject: '/CN=mx.example.test',
    issuer: 'intermediate',
    extensions: ['basicConstraints=CA:FALSE'],
  });
  make('mail-name', {
    subject: '/CN=mx.example.test',
    issuer: 'intermediate',
    extensions: host('email:a@example.test'),
  });
  make('wildcard', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:*.example.test') });
  make('top-wildcard', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:*.test') });
  make('part-wildcard', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:m*.example.test') });
  make('inner-wildcard', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:mx.*.test') });
  make('dotted', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:mx.example.test.') });
  make('capitals', { subject: '/CN=mx', issuer: 'intermediate', extensions: host('DNS:MX.Example.TEST') });

  make('self-signed', { subject: '/CN=mx', extensions: host() });
  make('self-signed-ca', { subject: '/CN=mx', extensions: [...ca(), 'subjectAltName=DNS:mx.example.test'] });

  make('cross', { subject: '/CN=Intermediate', key: 'intermediate', issuer: 'root2', extensions: ca() });
  make('renamed', { subject: '/CN=Intermediate', issuer: 'root', extensions: ca() });
  make('stray', { subject: '/CN=Stray', extensions: ca() });

  const constrained = (constraints: string) => [...ca(), `nameConstraints=critical,${constraints}`];
  const constraints = {
    permitted: 'permitted;DNS:example.test',
    elsewhere: 'permitted;DNS:other.test',
    excluded: 'excluded;DNS:mx.example.test',
    mail: 'permitted;email:other.test',
    address: 'permitted;IP:192.0.2.0/255.255.255.0',
  };
  for (const [of, text] of Object.entries(constraints)) {
    make(`${of}-root`, { subject: `/CN=${of} Root`, extensions: constrained(text) });
    make(`below-${of}`, { subject: '/CN=mx', issuer: `${of}-root`, extensions: host() });
  }
  make('mail-below-mail', {
    subject: '/CN=mx',
    issuer: 'mail-root',
    extensions: host('DNS:mx.example.test,email:a@example.test'),
  });
  make('address-below-address', {
    subject: '/CN=mx',
    issuer: 'address-root',
    extensions: host('DNS:mx.example.test,IP:198.51.100.1'),
  });
  make('common-name-below-elsewhere', { subject: '/CN=mx.example.test', issuer: 'elsewhere-root' });

  make('unknown-root', { subject: '/CN=Unknown Root', extensions: [...ca(), '1.3.6.1.4.1.99999.1=critical,DER:0500'] });
  make('below-unknown', { subject: '/CN=mx', issuer: 'unknown-root', extensions: host() });
  make('unknown-leaf', {
    subject: '/CN=mx',
    issuer: 'intermediate',
    extensions: [...host(), '1.3.6.1.4.1.99999.1=critical,DER:0500'],
  });
  make('client', { subject: '/CN=mx', issuer: 'intermediate', extensions: [...host(), 'extendedKeyUsage=clientAuth'] });
  make('server', {
    subject: '/CN=mx',
    issuer: 'intermediate',
    extensions: [...host(), 'extendedKeyUsage=serverAuth,clientAuth'],
  });
  make('client-root', { subject: '/CN=Client Root', extensions: [...ca(), 'extendedKeyUsage=clientAuth'] });
  make('below-client', { subject: '/CN=mx', issuer: 'client-root', extensions: host() });
  make('signing-leaf', {
    subject: '/CN=mx',
    issuer: 'intermediate',
    extensions: [...host(), 'keyUsage=critical,nonRepudiation'],
  });

  make('any-purpose', {
    subject: '/CN=mx',
    issuer: 'intermediate',
    extensions: [...host(), 'extendedKeyUsage=anyExtendedKeyUsage'],
  });
  make('policy', {
    subject: '/CN=Policy',
    issuer: 'root',
    extensions: [...ca(), 'policyConstraints=critical,requireExplicitPolicy:0'],
  });
  make('below-policy', { subject: '/CN=mx', issuer: 'policy', extensions: host() });
  make('usage-root', {
    subject: '/CN=Usage Root',
    extensions: ['keyUsage=critical,keyCertSign', 'subjectKeyIdentifier=hash'],
  });
  make('below-usage', { subject: '/CN=mx', issuer: 'usage-root', extensions: host() });

  // self-issued: the root's next key, signed by the old one
  make('roll', { subject: '/CN=One Root', key: 'one-root-2', issuer: 'one-root', extensions: ca() });
  make('roll-intermediate', { subject: '/CN=Under Roll', issuer: 'roll', extensions: ca() });
  make('below-roll', { subject: '/CN=mx', issuer: 'roll-intermediate', extensions: host() });
}

export const hierarchies: readonly Hierarchy[] = [
  { title: 'leaf, intermediate, root', chain: ['leaf', 'intermediate', 'root'], others: ['root2'] },
  { title: 'without its root', chain: ['leaf', 'intermediate'], others: ['root'] },
  { title: 'leaf alone', chain: ['leaf'], others: ['intermediate', 'root'] },
  { title: 'without its intermediate', chain: ['leaf', 'root'], others: ['intermediate'] },
  { title: 'in the wrong order', chain: ['leaf', 'root', 'intermediate'] },
  { title: 'with a stray authority', chain: ['leaf', 'stray', 'intermediate'], others: ['root'] },
  { title: 'RSA', chain: ['rsa-leaf', 'rsa-root'] },
  { title: 'Ed25519', chain: ['ed-leaf', 'ed-root'] },
  { title: 'expired leaf', chain: ['short-leaf', 'intermediate', 'root'], days: 20 },
  { title: 'leaf before it expires', chain: ['short-leaf', 'intermediate', 'root'], days: 9 },
  { title: 'expired intermediate', chain: ['below-short', 'short-intermediate', 'root'], days: 20 },
  { title: 'expired root', chain: ['below-short-root', 'short-root-intermediate', 'short-root'], days: 20 },
  { title: 'not yet valid', chain: ['leaf', 'intermediate', 'root'], days: -1 },
  { title: 'path length 0, one intermediate', chain: ['below-zero', 'zero-intermediate', 'zero-root'] },
  { title: 'path length 0, none', chain: ['direct-zero', 'zero-root'] },
  { title: 'path length 1, one intermediate', chain: ['below-one', 'one-intermediate', 'one-root'] },
  {
    title: 'path length 1, one intermediate and a self-issued one',
    chain: ['below-roll', 'roll-intermediate', 'roll', 'one-root'],
  },
  { title: 'issuer that is no authority', chain: ['below-no-ca', 'no-ca', 'root'] },
  { title: 'issuer without keyCertSign', chain: ['below-no-sign', 'no-sign', 'root'] },
  { title: 'root without constraints', chain: ['below-old', 'old-root'] },
  { title: 'another name', chain: ['other-name', 'intermediate'] },
  { title: 'another base domain', chain: ['leaf', 'intermediate'], name: 'example.test' },
  { title: 'common name alone', chain: ['common-name', 'intermediate'] },
  { title: 'common name beside a mailbox', chain: ['mail-name', 'intermediate'] },
  { title: 'wildcard', chain: ['wildcard', 'intermediate'] },
  { title: 'wildcard for two labels', chain: ['wildcard', 'intermediate'], name: 'a.mx.example.test' },
  { title: 'wildcard for no label', chain: ['wildcard', 'intermediate'], name: 'example.test' },
  { title: 'wildcard for a top-level domain', chain: ['top-wildcard', 'intermediate'], name: 'example.test' },
  { title: 'wildcard that is no whole label', chain: ['part-wildcard', 'intermediate'] },
  { title: 'wildcard that is not left-most', chain: ['inner-wildcard', 'intermediate'] },
  { title: 'name with a final dot', chain: ['dotted', 'intermediate'] },
  { title: 'name in capitals', chain: ['capitals', 'intermediate'] },
  { title: 'self-signed', chain: ['self-signed'] },
  { title: 'self-signed authority', chain: ['self-signed-ca'] },
  { title: 'cross-signed', chain: ['leaf', 'cross', 'root2'], others: ['intermediate', 'root'] },
  { title: 'both of two cross-signed', chain: ['leaf', 'intermediate', 'cross'], others: ['root', 'root2'] },
  {
    title: 'both of two cross-signed, the other first',
    chain: ['leaf', 'cross', 'intermediate'],
    others: ['root', 'root2'],
  },
  { title: 'another key under the name of the issuer', chain: ['leaf', 'renamed', 'root'], others: ['intermediate'] },
  { title: 'permitted name', chain: ['below-permitted', 'permitted-root'] },
  { title: 'name that is not permitted', chain: ['below-elsewhere', 'elsewhere-root'] },
  { title: 'common name that is not permitted', chain: ['common-name-below-elsewhere', 'elsewhere-root'] },
  { title: 'excluded name', chain: ['below-excluded', 'excluded-root'] },
  { title: 'constraint on mailboxes, and none there', chain: ['below-mail', 'mail-root'] },
  { title: 'mailbox that is not permitted', chain: ['mail-below-mail', 'mail-root'] },
  { title: 'constraint on addresses, and none there', chain: ['below-address', 'address-root'] },
  { title: 'address that is not permitted', chain: ['address-below-address', 'address-root'] },
  { title: 'unknown critical extension of the root', chain: ['below-unknown', 'unknown-root'] },
  { title: 'unknown critical extension of the leaf', chain: ['unknown-leaf', 'intermediate'] },
  { title: 'leaf for clients', chain: ['client', 'intermediate'] },
  { title: 'leaf for servers', chain: ['server', 'intermediate'] },
  { title: 'root for clients', chain: ['below-client', 'client-root'] },
  { title: 'leaf that may not shake hands', chain: ['signing-leaf', 'intermediate'] },
  { title: 'leaf for any purpose', chain: ['any-purpose', 'intermediate'] },
  { title: 'critical policy constraints', chain: ['below-policy', 'policy', 'root'] },
  { title: 'root with a key usage and no basic constraints', chain: ['below-usage', 'usage-root'] },
];
