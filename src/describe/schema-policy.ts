/** The shape of policies and parents. */
import * as z from 'zod';
import { algorithms } from '../dnssec/algorithm.ts';
import { digestTypes } from '../dnssec/ds.ts';
import { defaults } from './defaults.ts';
import { count, duration, keys, like, oneOf, oneOrMany, text, yesOrNo } from './schema-words.ts';

const lifetime = z
  .union([duration, z.literal('unlimited')], { error: 'a duration or unlimited' })
  .meta({ description: 'How long a key is used before it is rolled; unlimited (the default): until someone asks.' });

const mnemonics = algorithms.filter((row) => row.mayMake).map((row) => row.mnemonic);
const digests = digestTypes.filter((row) => row.mayMake).map((row) => row.mnemonic);

export const policy = keys('a policy', {
  like: like.optional(),
  signing: oneOf(['dnssec', 'none']).optional().meta({ description: 'none leaves the zone unsigned.' }),
  keys: keys('the keys of a policy', {
    layout: oneOf(['csk', 'ksk-zsk'])
      .optional()
      .meta({ description: `One key for everything, or two. Default: ${defaults.keys.layout}.` }),
    algorithm: z
      .union([z.string(), z.int()], { error: 'the name or number of a DNSSEC algorithm' })
      .optional()
      .meta({ description: `Default: ${defaults.keys.algorithmName}.`, examples: mnemonics }),
    size: z.int('a number of bits').optional().meta({ description: 'RSA only: bits of the modulus, 2048 to 4096.' }),
    lifetime: lifetime.optional().meta({ description: 'Of the key of layout csk.' }),
    'ksk-lifetime': lifetime.optional().meta({ description: 'Layout ksk-zsk.' }),
    'zsk-lifetime': lifetime.optional().meta({ description: 'Layout ksk-zsk.' }),
    rolls: oneOf(['automatic', 'manual'])
      .optional()
      .meta({
        description: `Whether steps of rollovers are taken when they are due, or wait for danezone roll step. Default: ${defaults.keys.rolls}.`,
      }),
    'ksk-roll': oneOf(['double-ksk', 'double-ds'])
      .optional()
      .meta({
        description: `Layout ksk-zsk. double-ds puts the DS of a new KSK at the parent before the key is published. Default: ${defaults.keys.kskRoll}.`,
      }),
    'zsk-roll': oneOf(['pre-publication', 'double-signature'])
      .optional()
      .meta({
        description: `Layout ksk-zsk. double-signature signs with the old and the new ZSK from the start. Default: ${defaults.keys.zskRoll}.`,
      }),
    standby: oneOf(['none', 'ds', 'ds-and-dnskey'])
      .optional()
      .meta({
        description: `A second key whose DS is at the parent ahead, for an emergency: the DS alone, or with its DNSKEY in the zone. Default: ${defaults.keys.standby}.`,
      }),
    'algorithm-order': oneOf(['conservative', 'bind'])
      .optional()
      .meta({
        description: `How a new algorithm comes: conservative signs with it before its keys are published, bind does both at once. Default: ${defaults.keys.algorithmOrder}.`,
      }),
    backup: text.optional().meta({
      description: 'Where the private keys are kept a second time, in words, for whoever must bring them back.',
      examples: ['nightly to the vault, encrypted with age'],
    }),
  }).optional(),
  signatures: keys('the signatures of a policy', {
    validity: duration.optional().meta({ description: 'How long a signature is valid. Default: 21d.' }),
    refresh: duration.optional().meta({
      description: 'The time left at which a signature is renewed. Default: 10d. Whole hours below the validity.',
    }),
    'dnskey-validity': duration.optional().meta({ description: 'For DNSKEY, CDS and CDNSKEY. Default: validity.' }),
    'tlsa-validity': duration.optional().meta({ description: 'For TLSA. Default: validity.' }),
  }).optional(),
  denial: z
    .union(
      [
        oneOf(['nsec', 'nsec3']),
        keys('the way of denial', {
          nsec3: keys('the parameters of NSEC3', {
            'opt-out': yesOrNo
              .optional()
              .meta({ description: 'No NSEC3 for unsigned delegations: for zones of many delegations only.' }),
            iterations: count('a number of iterations')
              .optional()
              .meta({ description: 'Default: 0. RFC 9276: more helps nobody and makes validators refuse.' }),
            salt: text.optional().meta({ description: 'Hexadecimal, or - for none (the default).' }),
          }),
        }),
      ],
      { error: 'nsec, nsec3, or nsec3 with its parameters' },
    )
    .optional()
    .meta({
      description: 'How absence is proved. Default: nsec.',
      examples: ['nsec', 'nsec3', { nsec3: { 'opt-out': true } }],
    }),
  zonemd: oneOrMany(oneOf(['sha384', 'sha512']), 'sha384, sha512 or a list of them')
    .optional()
    .meta({ description: 'Digest over the whole zone (RFC 8976). Default: none.' }),
  serial: oneOf(['counter', 'unixtime', 'date']).optional().meta({ description: 'Default: counter.' }),
  ttls: keys('the TTLs of a policy', {
    default: duration.optional().meta({ description: 'Default: 1h.' }),
    tlsa: duration
      .optional()
      .meta({ description: 'Of TLSA records; short, so that a change is soon known. Default: 15m.' }),
    dnskey: duration.optional().meta({ description: 'Of DNSKEY, CDS and CDNSKEY. Default: 1h.' }),
    max: duration.optional().meta({ description: 'The largest TTL that a zone may have. Default: 1d.' }),
  }).optional(),
  timing: keys('the timing of a policy', {
    'run-interval': duration.optional().meta({ description: 'The longest time between two builds. Default: 1d.' }),
    'zone-propagation-delay': duration
      .optional()
      .meta({ description: 'Until every name server has a new zone. Default: 1h.' }),
    'publish-safety': duration.optional().meta({ description: 'Added to the wait for a new key. Default: 1h.' }),
    'retire-safety': duration.optional().meta({ description: 'Added to the wait for an old key. Default: 1h.' }),
  }).optional(),
  cds: yesOrNo
    .optional()
    .meta({ description: 'Publish CDS and CDNSKEY, with which the parent can follow. Default: true.' }),
  publication: z
    .union(
      [
        oneOf(['evidence']),
        keys('the way of publication', {
          'by-build': keys('publication by build', {
            after: duration.meta({ description: 'So long after a build the zone counts as published.' }),
          }),
        }),
      ],
      { error: 'evidence, or by-build with after' },
    )
    .optional()
    .meta({
      description:
        'What starts the clocks of rollovers: evidence that every name server has the zone (the default), or the build itself.',
      examples: ['evidence', { 'by-build': { after: '1h' } }],
    }),
}).meta({
  id: 'policy',
  description: 'How zones are signed and how their keys change. What is not written has the built-in default.',
});

export const parent = keys('a parent', {
  like: like.optional(),
  interface: oneOf(['ds', 'key', 'cds', 'manual']).optional().meta({
    description: 'What the registrar takes: DS records, keys, CDS at the zone itself, or a form by hand. Default: ds.',
  }),
  digests: oneOrMany(z.union([z.string(), z.int()]), 'a digest type or a list of them')
    .optional()
    .meta({ description: 'DS digest types. Default: SHA-256.', examples: [digests] }),
  'max-ds': z
    .int('a number of DS records')
    .min(1, 'at least 1')
    .max(100, 'at most 100')
    .optional()
    .meta({ description: 'Default: 4.' }),
  replace: oneOf(['add-remove', 'atomic'])
    .optional()
    .meta({ description: 'Whether DS records are added and removed one by one (the default), or only as a whole.' }),
  'registration-delay': duration
    .optional()
    .meta({ description: 'From the request to the DS in the parent zone. Default: 1d.' }),
  'propagation-delay': duration
    .optional()
    .meta({ description: 'Until every name server of the parent has it. Default: 1h.' }),
  ttl: duration.optional().meta({ description: 'Of DS records in the parent zone. Default: 1d.' }),
}).meta({ id: 'parent', description: 'What the parent zone and its registrar do and how long they take.' });
