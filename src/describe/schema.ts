/**
 * The shape of the YAML files. From it come the first check of every entry (shape.ts) and the JSON Schema for editors
 * (json-schema.ts). What a text has to mean (a name, a record, a date) is decided where it is read.
 */
import * as z from 'zod';
import { domain, group, template } from './schema-domain.ts';
import { certificate, host, issuers, nameserverSet } from './schema-host.ts';
import { parent, policy } from './schema-policy.ts';

/** What an entry of each section is. */
export const entries = {
  policies: policy,
  parents: parent,
  'nameserver-sets': nameserverSet,
  certificates: certificate,
  issuers,
  hosts: host,
  templates: template,
  domains: domain,
  groups: group,
};

export type Section = keyof typeof entries;

/** The sections that a file may have. */
export const sections = Object.keys(entries) as Section[];

const section = <T extends z.ZodType>(entry: T, description: string) =>
  z
    .union([z.record(z.string(), entry), z.null()])
    .optional()
    .meta({ description });

/** A whole file. */
export const file = z.strictObject({
  policies: section(policy, 'How zones are signed, by name.'),
  parents: section(parent, 'What parent zones and their registrars do, by name.'),
  'nameserver-sets': section(nameserverSet, 'Lists of name servers, by name.'),
  certificates: section(certificate, 'Certificates, by name.'),
  issuers: section(issuers, 'Issuers of certificate authorities, by name.'),
  hosts: section(host, 'Hosts, by domain name.'),
  templates: section(template, 'What domains can be like, by name.'),
  domains: section(domain, 'Zones, by domain name.'),
  groups: section(group, 'Groups of domains that are alike, by name.'),
});
