/** What can be wrong with key files and with the keys of a zone. */
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import { defineRules } from '../text/problem.ts';

const keySource = 'RFC 4034 section 2.1';

export const rules = defineRules({
  'key/unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'A key file is not in the form of dnssec-keygen',
    why: 'The key cannot be used, and a zone signed without it may not validate.',
    fix: 'restore the file from a backup; never make a new key in its place',
    message: (f: { what: string }) => f.what,
  },
  'key/file-name': {
    tier: 'error',
    reach: 'offline',
    title: 'The name of a key file and its content disagree',
    why: 'Programs choose the private half by the name: they would sign with another key, or with none.',
    fix: 'rename the files of the key to what the content says',
    message: (f: { field: string; inName: string; inFile: string }) =>
      `the file's name says ${f.field} ${f.inName}, its content ${f.inFile}`,
  },
  'key/bad-flags': {
    tier: 'error',
    reach: 'offline',
    title: 'A key has flags or a protocol that no zone key has',
    why: 'Validators ignore a DNSKEY without the zone flag or with another protocol than 3.',
    fix: 'use a key with flags 256 (zone signing) or 257 (key signing) and protocol 3',
    source: `${keySource}.1 and 2.1.2`,
    message: (f: { flags: number; protocol: number }) =>
      f.protocol === 3
        ? `flags ${f.flags}: a zone key has 256 or 257, or 385 once it is revoked`
        : `protocol ${f.protocol}: a DNSKEY has protocol 3`,
  },
  'key/forbidden-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'A key has an algorithm that must not sign zones',
    why: 'Validators treat the zone as unsigned, so DANE and everything else that needs DNSSEC stops.',
    fix: 'roll to ECDSAP256SHA256',
    source: 'RFC 9904 section 3, RFC 9905',
    message: (f: { algorithm: number }) => unusable(f.algorithm),
  },
  'key/unusable-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'A key has an algorithm that danezone cannot use',
    why: 'The zone cannot be signed with it here.',
    fix: 'use RSASHA256, ECDSAP256SHA256, ECDSAP384SHA384, ED25519 or ED448',
    source: 'RFC 9904 section 3',
    message: (f: { algorithm: number }) => unusable(f.algorithm),
  },
  'key/rsa-size': {
    tier: 'error',
    reach: 'offline',
    title: 'An RSA key is too small or too large to sign with',
    why: 'Small keys can be factored; above 4096 bits validators refuse the key.',
    fix: 'make a key of 2048 bits, or one of ECDSAP256SHA256',
    source: 'RFC 3110 section 2, RFC 5702 section 2, NIST SP 800-57',
    message: (f: { size: number }) => `the RSA modulus has ${f.size} bits: 2048 to 4096 are allowed`,
  },
  'key/rsa-exponent': {
    tier: 'error',
    reach: 'offline',
    title: 'An RSA key has a public exponent that is not accepted',
    why: 'Validators refuse the key, or anybody can forge its signatures.',
    fix: 'make a new key: its exponent will be 65537',
    source: 'RFC 3110 section 2',
    message: (f: { error: string }) => f.error,
  },
  'key/point-not-on-curve': {
    tier: 'error',
    reach: 'offline',
    title: 'A public key is no point of its curve',
    why: 'No signature of it can verify.',
    fix: 'restore the file from a backup',
    source: 'RFC 6605 section 4, RFC 8080 section 3',
    message: (f: { algorithm: number }) => `the public key is no point of the curve of ${algorithmName(f.algorithm)}`,
  },
  'key/private-does-not-match': {
    tier: 'error',
    reach: 'offline',
    title: 'The private and the public half of a key do not belong together',
    why: 'Every signature made with it would be wrong, and the zone would vanish for validators.',
    fix: 'restore both files of the key from the same backup',
    message: (f: { publicFile: string }) => `the private key is not that of ${f.publicFile}`,
  },
  'key/no-private-half': {
    tier: 'error',
    reach: 'offline',
    title: 'A key that must sign has no private half',
    why: 'The zone cannot be signed; a new key in its place would break the chain from the DS.',
    fix: 'bring the .private file back from the backup, or set the date from which the key is inactive',
    message: (f: { file: string; role: string }) => `${f.file} is missing: the key signs ${f.role}`,
  },
  'key/no-public-half': {
    tier: 'warning',
    reach: 'offline',
    title: 'A private key has no public half beside it',
    why: 'It is passed over: without the .key file the key is not published. A run that was interrupted leaves such a file.',
    fix: 'bring the .key file back from the backup if the key was in use, else move the .private file away',
    message: (f: { file: string }) => `${f.file} is missing, so the key is passed over`,
  },
  'key/tag-collision': {
    tier: 'error',
    reach: 'offline',
    title: 'Two keys of a zone have the same algorithm and tag, now or once one is revoked',
    why: 'Validators must try both keys and some give up; a DS by tag points to two keys.',
    fix: 'retire one of the keys and make another',
    source: 'RFC 4034 section 5.1.1, RFC 5011 section 2.1',
    message: (f: { tag: number; other: string; revoked: boolean }) =>
      `tag ${f.tag}${f.revoked ? ', which the key has once it is revoked,' : ''} is also that of ${f.other}`,
  },
  'key/revoked-twin': {
    tier: 'warning',
    reach: 'offline',
    title: 'A key stands beside its own revoked form',
    why: 'Only the revoked form is published: a revoked key never comes back.',
    fix: 'move the files of the unrevoked form away',
    source: 'RFC 5011 section 2.1',
    message: (f: { revoked: string }) => `is the unrevoked form of ${f.revoked} and is left out`,
  },
  'key/readable-by-others': {
    tier: 'error',
    reach: 'offline',
    title: 'A private key can be read or written by others',
    why: 'Whoever can read it can sign the zone.',
    fix: 'chmod 600 the file, and consider whether the key must be rolled',
    message: (f: { mode: number }) => `the private key has mode ${f.mode.toString(8).padStart(4, '0')}, expected 0600`,
  },
  'key/used-by-two-zones': {
    tier: 'warning',
    reach: 'offline',
    title: 'Two zones share a key',
    why: 'Losing the key of one zone loses the other, and neither can be rolled alone.',
    fix: 'give each zone its own key',
    message: (f: { other: string }) => `is also the key of ${f.other}`,
  },
  'key/timing-differs': {
    tier: 'warning',
    reach: 'offline',
    title: 'The two halves of a key give different dates',
    why: 'Programs that read only one of the files disagree about what the key does.',
    fix: 'set the dates again with dnssec-settime, which writes both files',
    message: (f: { file: string }) => `the dates are not those of ${f.file}, which count`,
  },
  'key/algorithm-without-signer': {
    tier: 'error',
    reach: 'offline',
    title: 'An algorithm of the DNSKEY RRset has no key that signs',
    why: 'A zone must be signed with every algorithm of its DNSKEY RRset: validators may treat it as bogus.',
    fix: 'activate a key of the algorithm, or publish it later',
    source: 'RFC 4035 section 2.2',
    message: (f: { algorithm: number; what: string }) =>
      `no key of ${algorithmName(f.algorithm)} signs ${f.what} at this time`,
  },
});

function unusable(number: number): string {
  const row = algorithmOf(number);
  return row === undefined
    ? `algorithm ${number} is not one that DNSSEC knows`
    : `algorithm ${number}: ${row.mnemonic} ${row.refusal ?? 'is not used'}`;
}
