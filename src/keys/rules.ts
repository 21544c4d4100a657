/** What can be wrong with key files and with the keys of a zone. */
import { algorithmName, algorithmOf } from '../dnssec/algorithm.ts';
import { keyRules } from '../dnssec/key-rules.ts';
import { defineRules } from '../text/problem.ts';

const ofFiles = defineRules({
  'key/unreadable': {
    tier: 'error',
    reach: 'offline',
    title: 'a key file is not in the form of dnssec-keygen',
    why: 'The key cannot be used, and a zone signed without it may not validate.',
    fix: 'restore the file from a backup; never make a new key in its place',
    message: (f: { what: string }) => f.what,
  },
  'key/file-name': {
    tier: 'error',
    reach: 'offline',
    title: 'the name of a key file and its content disagree',
    why: 'Programs choose the private half by the name: they would sign with another key, or with none.',
    fix: 'rename the files of the key to what the content says',
    message: (f: { field: string; inName: string; inFile: string }) =>
      `the file's name says ${f.field} ${f.inName}, its content ${f.inFile}`,
  },
  'key/unusable-algorithm': {
    tier: 'error',
    reach: 'offline',
    title: 'a key has an algorithm that danezone cannot use',
    why: 'The zone cannot be signed with it here.',
    fix: 'use RSASHA256, ECDSAP256SHA256, ECDSAP384SHA384, ED25519 or ED448',
    source: 'RFC 9904 section 3',
    message: (f: { algorithm: number }) => unusable(f.algorithm),
  },
  'key/rsa-size': {
    tier: 'error',
    reach: 'offline',
    title: 'an RSA key is too small or too large to sign with',
    why: 'Small keys can be factored; above 4096 bits validators refuse the key.',
    fix: 'make a key of 2048 bits, or one of ECDSAP256SHA256',
    source: 'RFC 3110 section 2, RFC 5702 section 2, NIST SP 800-57',
    message: (f: { size: number }) => `the RSA modulus has ${f.size} bits: 2048 to 4096 are allowed`,
  },
  'key/rsa-exponent': {
    tier: 'error',
    reach: 'offline',
    title: 'an RSA key has a public exponent that is not accepted',
    why: 'Validators refuse the key, or anybody can forge its signatures.',
    fix: 'make a new key: its exponent will be 65537',
    source: 'RFC 3110 section 2',
    message: (f: { error: string }) => f.error,
  },
  'key/private-does-not-match': {
    tier: 'error',
    reach: 'offline',
    title: 'the private and the public half of a key do not belong together',
    why: 'Every signature made with it would be wrong, and the zone would vanish for validators.',
    fix: 'restore both files of the key from the same backup',
    message: (f: { publicFile: string }) => `the private key is not that of ${f.publicFile}`,
  },
  'key/no-private-half': {
    tier: 'error',
    reach: 'offline',
    title: 'a key that must sign has no private half',
    why: 'The zone cannot be signed; a new key in its place would break the chain from the DS.',
    fix: 'bring the .private file back from the backup, or set the date from which the key is inactive',
    message: (f: { file: string; role: string }) => `${f.file} is missing: the key signs ${f.role}`,
  },
  'key/no-public-half': {
    tier: 'warning',
    reach: 'offline',
    title: 'a private key has no public half beside it',
    why: 'It is passed over: without the .key file the key is not published. A run that was interrupted leaves such a file.',
    fix: 'bring the .key file back from the backup if the key was in use, else move the .private file away',
    message: (f: { file: string }) => `${f.file} is missing, so the key is passed over`,
  },
  'key/revoked-twin': {
    tier: 'warning',
    reach: 'offline',
    title: 'a key stands beside its own revoked form',
    why: 'Only the revoked form is published: a revoked key never comes back.',
    fix: 'move the files of the unrevoked form away',
    source: 'RFC 5011 section 2.1',
    message: (f: { revoked: string }) => `is the unrevoked form of ${f.revoked} and is left out`,
  },
  'key/revoked-left-out': {
    tier: 'warning',
    reach: 'offline',
    title: 'a revoked key stands in the folder of a zone whose keys danezone leads',
    why: 'The engine of rollovers publishes no key with the REVOKE flag: no DS may point to it, and it signs nothing but its own withdrawal. A resolver that has the key as a trust anchor learns of its revocation only while it is published and signs the DNSKEY RRset.',
    fix: 'where somebody may have it as a trust anchor (RFC 5011), let the signer that published it go on until their resolvers have seen it, and move the zone then; where only the DS at the parent leads to the zone, move its files away, and roll a key that is compromised: danezone roll … --emergency',
    source: 'RFC 5011 section 2.1',
    message: (f: { key: string }) => `${f.key} carries the REVOKE flag and is neither published nor used`,
  },
  'key/readable-by-others': {
    tier: 'error',
    reach: 'offline',
    title: 'a private key can be read or written by others',
    why: 'Whoever can read it can sign the zone.',
    fix: 'chmod 600 the file, and consider whether the key must be rolled',
    message: (f: { mode: number }) => `the private key has mode ${f.mode.toString(8).padStart(4, '0')}, expected 0600`,
  },
  'key/used-by-two-zones': {
    tier: 'warning',
    reach: 'offline',
    title: 'two zones share a key',
    why: 'Losing the key of one zone loses the other, and neither can be rolled alone.',
    fix: 'give each zone its own key',
    message: (f: { other: string }) => `is also the key of ${f.other}`,
  },
  'key/unencrypted-in-git': {
    tier: 'error',
    reach: 'offline',
    title: 'the private half of a DNSSEC key is tracked by git',
    why: 'Everybody who can read the repository, now or in its history, can sign anything for the zone.',
    fix: 'take the file out of the index and out of the history, roll the key, and keep keys/ where git does not see it',
    message: (f: { file: string }) => `${f.file} is tracked by git`,
  },
  'key/unauthorised': {
    tier: 'error',
    reach: 'offline',
    title: 'a key stands in the folder of a zone, and nobody has asked for it',
    why: 'Whoever put it there could sign the zone: the key would be published, and its DS handed to the parent. It is left out, and the zone keeps its last content, signed by the keys that are known.',
    fix: 'find out where the key comes from and move its files away; if it is meant, build once with --override key/unauthorised=ZONE, which is written to the journal (keys generate writes down what it makes by itself)',
    message: (f: { key: string }) => `neither the journal nor a policy knows ${f.key}`,
  },
  'key/file-missing': {
    tier: 'error',
    reach: 'offline',
    title: 'a key of the journal has lost a file',
    why: 'The key stands in the zone or is to come into it, and cannot be led on without both halves. Keys stay where they are, and the zone keeps its last content, signed again as long as the keys that sign are whole.',
    fix: 'bring the files of the key back from the backup, .key, .private and .state together; never make a new key in its place',
    supersedes: ['build/no-keys'],
    message: (f: { file: string; role: string }) => `${f.file} is missing: the journal has this ${f.role} in use`,
  },
  'key/no-backup': {
    tier: 'warning',
    reach: 'offline',
    title: 'nothing says that the private keys of a zone exist a second time',
    why: 'When the only copy is lost, the zone can be signed again only with a new key, whose DS has to reach the parent first: until then the domain vanishes for validating resolvers.',
    fix: 'keep an encrypted copy, beside the keys (K….private.age or .gpg, or an archive in the folder of the keys) or anywhere else, and then say where: keys: {backup: …} in the policy',
    source: 'RFC 6781 section 3.4.3',
    message: (f: { zones: readonly string[] }) =>
      `no backup is known of the private keys of ${f.zones[0]}${otherZones(f.zones)}`,
  },
  'key/state-contradicts': {
    tier: 'error',
    reach: 'offline',
    title: 'the state file of a key says what cannot be true of the key',
    why: 'Rollovers would go on from a state that never was: a DS or a signature could leave while caches need it.',
    fix: 'restore the .state file from a backup, or from the server that wrote it; a zone with a journal does not need it',
    message: (f: { what: string }) => f.what,
  },
  'key/timing-differs': {
    tier: 'warning',
    reach: 'offline',
    title: 'the two halves of a key give different dates',
    why: 'Programs that read only one of the files disagree about what the key does.',
    fix: 'set the dates again with dnssec-settime, which writes both files',
    message: (f: { file: string }) => `the dates are not those of ${f.file}, which count`,
  },
  'key/algorithm-without-signer': {
    tier: 'error',
    reach: 'offline',
    title: 'an algorithm of the DNSKEY RRset has no key that signs',
    why: 'A zone must be signed with every algorithm of its DNSKEY RRset: validators may treat it as bogus.',
    fix: 'activate a key of the algorithm, or publish it later',
    source: 'RFC 4035 section 2.2',
    message: (f: { algorithm: number; what: string }) =>
      `no key of ${algorithmName(f.algorithm)} signs ${f.what} at this time`,
  },
});

/** Those of any key of a zone, and those of key files. */
export const rules = { ...keyRules, ...ofFiles };

function unusable(number: number): string {
  const row = algorithmOf(number);
  return row === undefined
    ? `algorithm ${number} is not one that DNSSEC knows`
    : `algorithm ${number}: ${row.mnemonic} ${row.refusal ?? 'is not used'}`;
}

const otherZones = ({ length }: readonly string[]) =>
  length === 1 ? '' : ` and ${length - 1} other ${length === 2 ? 'zone' : 'zones'}`;
