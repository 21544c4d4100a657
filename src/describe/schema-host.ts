/** The shape of name server sets, certificates and hosts. */
import * as z from 'zod';
import { domainName, duration, keys, oneOf, oneOrMany, path, text, word, yesOrNo } from './schema-words.ts';

export const nameserverSet = z
  .array(domainName, 'a list of name servers')
  .min(1, 'at least one name server')
  .meta({
    id: 'nameserver-set',
    description: 'The name servers of a zone.',
    examples: [['ns1.example.org', 'ns2.example.net']],
  });

export const certificate = keys('a certificate', {
  chain: path.meta({ description: 'PEM file: the certificate, then its issuers in order.' }),
  next: path
    .optional()
    .meta({ description: 'The key that comes next: a certificate, a request (CSR) or a public key.' }),
  source: oneOf(['staged', 'observed']).optional().meta({
    description:
      'staged (the default): servers deploy the file from this repository. observed: the file was copied from the server that uses it.',
  }),
  renewal: keys('the renewal of a certificate', {
    'reuse-key': yesOrNo.optional().meta({ description: 'A renewed certificate has the same key. Default: false.' }),
  }).optional(),
}).meta({ id: 'certificate', description: 'A certificate that hosts use; public parts only.' });

const issuerFiles = oneOrMany(path, 'the path of a file or a list of them');

export const issuers = keys('an issuer catalogue', {
  active: issuerFiles.meta({ description: 'Certificates of the issuers that issue now, one in a file; PEM or DER.' }),
  backup: issuerFiles.optional().meta({ description: 'Issuers that may issue from one day to the next.' }),
  retired: issuerFiles
    .optional()
    .meta({ description: 'Issuers that issue no more: their names help to explain records.' }),
  roots: issuerFiles.optional().meta({
    description:
      'Roots above them, self-signed and cross-signed: pins on a root that is only cross-signed are reported.',
  }),
  'as-of': word
    .optional()
    .meta({ description: 'The day when the list of the authority was read.', examples: ['2026-11-22'] }),
}).meta({
  id: 'issuers',
  description:
    'The issuers of a certificate authority: a host with `issuers:` gets a DANE-TA record for each that is active or backup. A catalogue named letsencrypt takes the place of the built-in one.',
});

const association = 'DANE-EE SPKI SHA2-256';
const tlsaRequest = z
  .union(
    [
      z.string(),
      keys('a TLSA request', {
        association: word
          .optional()
          .meta({ description: 'Usage, selector and matching type.', examples: [association] }),
        anchor: word.optional().meta({
          description: 'For DANE-TA: common name, or file, of the certificate to pin; else the issuer of the leaf.',
        }),
        literal: text.optional().meta({ description: 'RDATA as it stands: 3 1 1 and the digest.' }),
        alias: domainName.optional().meta({
          description:
            'The TLSA owners become CNAMEs to this name, where TLSA records are declared (RFC 7671 section 7).',
        }),
        issuers: word.optional().meta({
          description: 'Pins the issuers of a catalogue: letsencrypt, or one that is declared under issuers:.',
          examples: ['letsencrypt'],
        }),
      }),
    ],
    { error: 'a TLSA request, such as DANE-EE SPKI SHA2-256' },
  )
  .meta({
    id: 'tlsa-request',
    description: 'Usage, selector and matching type by their acronyms (RFC 7218), or RDATA as it stands.',
    examples: [association, 'DANE-TA SPKI SHA2-256 "ISRG Root X1"', { issuers: 'letsencrypt' }, '3 1 1 6f0a…'],
  });

export const host = keys('a host', {
  addresses: oneOrMany(word, 'an IP address or a list of them')
    .optional()
    .meta({ description: 'IPv4 and IPv6.', examples: [['192.0.2.25', '2001:db8::25']] }),
  services: z
    .record(z.string(), oneOrMany(word, 'the name of a certificate or a list of them'), 'a map of services')
    .optional()
    .meta({
      description: 'Services by name (smtp, submissions, imaps, https …) or port/protocol, each with its certificates.',
      examples: [{ smtp: ['mx1-ecdsa', 'mx1-rsa'], '8443/tcp': ['web'] }],
    }),
  tlsa: z
    .union([tlsaRequest, z.array(tlsaRequest)], { error: 'a TLSA request, a list of them or an alias' })
    .optional()
    .meta({ description: `The TLSA records of each service. Default: ${association}; [] for none.` }),
  ttl: duration.optional().meta({
    description: 'Of its addresses and TLSA records. Default: that of the zone, and for TLSA that of the policy.',
  }),
}).meta({
  id: 'host',
  description: 'A host; its addresses and TLSA records go to the closest declared domain above it.',
});
