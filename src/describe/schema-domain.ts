/** The shape of domains, templates and groups. */
import * as z from 'zod';
import { domainName, duration, keys, like, oneOrMany, path, text, word } from './schema-words.ts';

const preference = 'a number from 0 to 65535';
const item = z.union(
  [
    text,
    keys('a record', {
      value: text.optional(),
      raw: word.optional().meta({ description: 'Master-file text; names are relative to the domain.' }),
      ttl: duration.optional(),
    }),
  ],
  { error: 'a record value' },
);

export const rrset = z
  .union(
    [
      text,
      z.null(),
      z.array(item),
      keys('a record set', {
        value: text.optional(),
        values: z.array(item, 'a list of values').optional(),
        raw: oneOrMany(word, 'master-file text')
          .optional()
          .meta({ description: 'Master-file text; names are relative to the domain.' }),
        ttl: duration.optional(),
      }),
    ],
    { error: 'a record value, a list of values, or null to delete' },
  )
  .meta({
    id: 'rrset',
    description:
      'One value, several, or {ttl, values}. Values are the standard text form with absolute names; TXT is content as it is. null deletes what like or the included file has.',
  });

const ownerRecords = z
  .record(z.string(), rrset, 'record types with their values')
  .meta({ id: 'records', description: 'Record types with their values.' });

const records = z
  .record(
    z.string(),
    z.union([z.null(), ownerRecords], { error: 'record types with their values, or null to delete' }),
    'a map of owners',
  )
  .meta({
    description: 'Records by owner, relative to the domain; @ is the domain itself. null deletes an owner.',
    examples: [{ www: { CNAME: 'web.example.org' }, '@': { TXT: 'v=spf1 mx -all' } }],
  });

const domainKeys = {
  like: like
    .optional()
    .meta({ description: 'A template or another domain, from which everything is taken that is not written here.' }),
  policy: word.optional().meta({ description: 'A policy; unsigned is built in. Default: default.' }),
  parent: word.optional().meta({ description: 'A parent. Default: default.' }),
  soa: keys('the SOA', {
    primary: domainName.optional().meta({ description: 'Default: the first name server.' }),
    contact: word
      .optional()
      .meta({ description: 'A mail address. Default: hostmaster@ the domain.', examples: ['hostmaster@example.org'] }),
    refresh: duration.optional().meta({ description: 'Default: 30m.' }),
    retry: duration.optional().meta({ description: 'Default: 10m.' }),
    expire: duration.optional().meta({ description: 'Default: 7d.' }),
    minimum: duration.optional().meta({ description: 'TTL of negative answers. Default: 5m.' }),
    ttl: duration.optional(),
  }).optional(),
  ttl: duration.optional().meta({ description: 'Of records that say none. Default: that of the policy.' }),
  nameservers: z
    .union([word, z.array(domainName).min(1)], { error: 'the name of a name server set or a list of name servers' })
    .optional()
    .meta({ description: 'The name of a set, or a list of names.' }),
  mail: z
    .union(
      [
        z.literal('null-mx'),
        z.null(),
        z.array(
          z.union(
            [
              word,
              keys('a mail host', {
                host: domainName,
                preference: z
                  .int(preference)
                  .min(0, preference)
                  .max(65535, preference)
                  .optional()
                  .meta({ description: 'Default: 10.' }),
              }),
            ],
            { error: 'a mail host' },
          ),
        ),
      ],
      { error: 'a list of mail hosts, null-mx, or null to delete' },
    )
    .optional()
    .meta({
      description: 'Mail hosts, or null-mx for a domain that takes no mail (RFC 7505).',
      examples: [[{ host: 'mx1.example.org', preference: 10 }], 'null-mx'],
    }),
  records: records.optional(),
  foreign: keys('another provider that signs the zone too', {
    keys: oneOrMany(text, 'a DNSKEY record or a list of them').meta({
      description:
        'DNSKEY records of the other provider, as `257 3 13 base64`: they stand in the DNSKEY RRset and never sign here. Those with the SEP flag (257) have a DS at the parent too.',
    }),
    nameservers: oneOrMany(domainName, 'a name server or a list of them').optional().meta({
      description: 'The servers of the other provider. Named in the NS set, they answer with its signatures.',
    }),
  })
    .optional()
    .meta({ description: 'A second provider with its own keys: RFC 8901, model 2. Also to change providers.' }),
  include: z.union([path, z.null()], { error: 'the path of a master file' }).optional().meta({
    description:
      'An existing master file: the zone is adopted as it is; what is written here replaces per owner and type.',
  }),
  silences: z
    .array(
      keys('a silence', {
        rule: word.meta({ description: 'The id of a warning.', examples: ['zone/single-ns'] }),
        reason: word,
        until: text.meta({ description: 'A date: the warning comes back then.', examples: ['2027-01-31'] }),
      }),
      'a list of silences',
    )
    .optional()
    .meta({ description: 'Warnings that are known and accepted for a time.' }),
} as const;

export const domain = keys('a domain', domainKeys).meta({ id: 'domain', description: 'A zone.' });
export const template = keys('a template', domainKeys).meta({
  id: 'template',
  description: 'Everything that a domain may say, for use by like; {{domain}} is the domain that uses it.',
});

export const group = keys('a group', {
  domains: z
    .union([path, z.array(word)], { error: 'a list of domains, or the path of a file with one domain a line' })
    .meta({ description: 'A list of domains, or the path of a file with one domain a line.' }),
  like: word.meta({ description: 'The template of the domains.' }),
}).meta({
  id: 'group',
  description: 'Domains that are all alike.',
  examples: [{ domains: 'lists/parked.txt', like: 'parked' }],
});
