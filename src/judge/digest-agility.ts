/**
 * Digest agility (RFC 7671 section 9): of one usage and selector a client looks at the records of the strongest digest
 * only, so each digest has to cover the same keys. That the current certificate is covered by each is
 * dane/parameter-set-uncovered.
 */
import { type Association, associationData, type Selectable } from '../dane/association.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import type { Host } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { hex } from '../text/octets.ts';
import { type Report, report } from '../text/problem.ts';
import { certificateName } from '../x509/certificate.ts';
import { rules } from './rules.ts';
import type { Published } from './tlsa-sets.ts';

export interface AgilityQuestion {
  readonly owner: Name;
  readonly host: Host;
  readonly published: readonly Published[];
  /** What the service presents. */
  readonly loaded: readonly LoadedCertificate[];
  /** Every certificate that is known, to put a name to a digest. */
  readonly known: readonly LoadedCertificate[];
}

const digests = ['SHA2-256', 'SHA2-512'] as const;

export function reportAgility(question: AgilityQuestion, to: Report): void {
  const groups = new Map<string, Published[]>();
  for (const record of question.published) {
    if (record.association === undefined || record.association.matching === 'Full') continue;
    const { usage, selector } = record.association;
    const key = `${usage} ${selector}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  for (const [name, records] of groups) {
    const used = new Set(records.map(({ association }) => association?.matching));
    if (used.size > 1) reportGroup(name, records, question, to);
  }
}

function reportGroup(name: string, records: readonly Published[], question: AgilityQuestion, to: Report): void {
  const { owner, host, loaded, known } = question;
  const { usage, selector } = records[0].association as Association;
  const left: Record<(typeof digests)[number], Map<string, Published>> = {
    'SHA2-256': new Map(),
    'SHA2-512': new Map(),
  };
  for (const record of records) {
    const { matching, data } = record.association as Association;
    if (matching !== 'Full') left[matching].set(hex(data), record);
  }
  const current = new Set<Selectable>(loaded.flatMap(({ chain }) => chain));
  const candidates = [...loaded, ...known].flatMap(selectables);
  for (const { what, from } of candidates) {
    const found = digests.map((matching) => {
      const data = associationData({ usage, selector, matching }, from);
      const key = data === undefined ? '' : hex(data);
      const record = left[matching].get(key);
      left[matching].delete(key);
      return { matching, record };
    });
    const [there, missing] = [found.find(({ record }) => record), found.find(({ record }) => record === undefined)];
    if (there?.record === undefined || missing === undefined) continue;
    // Then every record of the other digest is of another key, and that is dane/parameter-set-uncovered.
    if (current.has(from)) return;
    const facts = { owner, what: `${name} has ${what} with ${there.matching}, but not with ${missing.matching}` };
    report(to, rules['dane/digest-agility'], there.record.at, facts, { subject: host.name });
    return;
  }
  const [short, long] = digests.map((matching) => [...left[matching].values()]);
  if (short.length === long.length) return;
  const [more, fewer] = short.length > long.length ? digests : [digests[1], digests[0]];
  const count = Math.abs(short.length - long.length);
  const what = `${name} has ${count} more ${count === 1 ? 'key' : 'keys'} with ${more} than with ${fewer}`;
  report(
    to,
    rules['dane/digest-agility'],
    (short.length > long.length ? short : long)[0].at,
    { owner, what },
    { subject: host.name },
  );
}

function selectables({ source, chain, next }: LoadedCertificate): { what: string; from: Selectable }[] {
  const named = chain.map((from) => ({ what: certificateName(from), from }));
  if (next === undefined) return named;
  return [...named, { what: `the next key of ${source.name}`, from: next.chain.at(0) ?? next }];
}
