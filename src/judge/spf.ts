/**
 * SPF policies (RFC 7208), as far as a repository can judge them: their syntax, and the ten terms that may ask DNS. What an
 * include from elsewhere asks in its turn is not known here and not counted.
 */
import { type Name, parseName } from '../dns/name.ts';
import { parseIpv4, parseIpv6 } from '../dns/rdata/address.ts';
import { Type } from '../dns/type.ts';
import type { Names } from './names.ts';
import { isSpf, type Placed } from './survey.ts';
import { contentOf } from './texts.ts';

/** RFC 7208 section 4.6.4. */
export const maxLookups = 10;

/** How a mechanism's argument is written; whether it asks DNS. */
interface Mechanism {
  readonly asks: boolean;
  /** What is wrong with the part behind the name (`:domain`, `/24`, or nothing). */
  readonly fault: (argument: string) => string | undefined;
}

const domainSpec = /^:[^\s/]+$/;
const hostArgument = /^(?::[^\s/]+)?(?:\/[0-9]+)?(?:\/\/[0-9]+)?$/;

const mechanisms: Readonly<Record<string, Mechanism>> = {
  all: { asks: false, fault: (argument) => (argument === '' ? undefined : 'takes no argument') },
  include: { asks: true, fault: (argument) => (domainSpec.test(argument) ? undefined : 'needs a domain') },
  a: { asks: true, fault: hostFault },
  mx: { asks: true, fault: hostFault },
  ptr: {
    asks: true,
    fault: (argument) => (argument === '' || domainSpec.test(argument) ? undefined : 'has no valid domain'),
  },
  ip4: { asks: false, fault: (argument) => networkFault(argument, parseIpv4, 32, 'IPv4') },
  ip6: { asks: false, fault: (argument) => networkFault(argument, parseIpv6, 128, 'IPv6') },
  exists: { asks: true, fault: (argument) => (domainSpec.test(argument) ? undefined : 'needs a domain') },
};

/** One policy, taken apart. */
interface Policy {
  /** Terms that ask DNS, those of included policies not counted. */
  readonly lookups: number;
  /** What `include` and `redirect` name, without macros. */
  readonly others: readonly { readonly term: string; readonly domain: Name }[];
  readonly fault?: string;
}

/** Judges policies; what one text says is found out once, however many domains publish it. */
export class SpfJudge {
  readonly #names: Names;
  readonly #policies = new Map<string, Policy>();
  readonly #byName = new Map<Name, Policy | 'none' | 'unknown'>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** Why receivers take the policy of an owner for an error; undefined where they do not. */
  faultOf({ held, row }: Placed): string | undefined {
    const texts = policiesIn(held.zone.rdataOf(row));
    if (texts.length > 1) return `has ${texts.length} SPF records, and receivers want one`;
    const [text] = texts;
    const policy = this.#policy(text);
    if (policy.fault !== undefined) return policy.fault;
    const counted = this.#count(policy, 0, []);
    if (typeof counted === 'string') return counted;
    return counted > maxLookups ? `asks DNS more than ${maxLookups} times, which is where receivers stop` : undefined;
  }

  #policy(text: string): Policy {
    let policy = this.#policies.get(text);
    if (policy === undefined) this.#policies.set(text, (policy = parsePolicy(text)));
    return policy;
  }

  /** `before` and the lookups of a policy and of all that it includes, until it is too many; or why it cannot be followed. */
  #count(policy: Policy, before: number, path: readonly Name[]): number | string {
    let count = before + policy.lookups;
    for (const { term, domain } of policy.others) {
      if (count > maxLookups) return count;
      if (path.includes(domain)) return `comes back to ${domain} by way of ${term}`;
      const inner = this.#included(domain);
      if (inner === 'none') return `says ${term}, and ${domain} has no SPF record`;
      if (inner === 'unknown') continue;
      const counted = this.#count(inner, count, [...path, domain]);
      if (typeof counted === 'string') return counted;
      count = counted;
    }
    return count;
  }

  /** What a faulty policy would ask is not known; its fault is said at the record itself. */
  #included(domain: Name): Policy | 'none' | 'unknown' {
    let known = this.#byName.get(domain);
    if (known !== undefined) return known;
    const { end } = this.#names.follow(domain, Type.TXT);
    const texts = end.kind === 'rows' ? policiesIn(end.at.held.zone.rdataOf(end.at.row)) : [];
    if (end.kind === 'foreign' || end.kind === 'unknown' || texts.length > 1) known = 'unknown';
    else if (texts.length === 0) known = 'none';
    else {
      const policy = this.#policy(texts[0]);
      known = policy.fault === undefined ? policy : 'unknown';
    }
    this.#byName.set(domain, known);
    return known;
  }
}

function policiesIn(rdata: readonly Uint8Array[]): string[] {
  return rdata.filter((one) => isSpf(one, 0)).map(contentOf);
}

/** RFC 7208 section 4.6.1 and 12. */
export function parsePolicy(text: string): Policy {
  const others: { term: string; domain: Name }[] = [];
  const modifiers = new Set<string>();
  let lookups = 0;
  const terms = text
    .split(' ')
    .slice(1)
    .filter((term) => term !== '');
  for (const term of terms) {
    const fault = (why: string): Policy => ({
      lookups,
      others,
      fault: `has the term ${JSON.stringify(term)}, which ${why}`,
    });
    const modifier = /^([a-z][a-z0-9_.-]*)=(.*)$/is.exec(term);
    if (modifier !== null) {
      const name = modifier[1].toLowerCase();
      if (name !== 'redirect' && name !== 'exp') continue;
      if (modifiers.has(name)) return fault('stands twice');
      modifiers.add(name);
      if (modifier[2] === '') return fault('needs a domain');
      if (name === 'exp') continue;
      // With `all` a redirect is never followed (RFC 7208 section 6.1).
      if (terms.some((other) => /^[-+~?]?all$/i.test(other))) continue;
      lookups++;
      addDomain(term, modifier[2]);
      continue;
    }
    const [, name, argument] = /^[-+~?]?([^:/=]*)(.*)$/s.exec(term) ?? [];
    const mechanism = Object.hasOwn(mechanisms, name.toLowerCase()) ? mechanisms[name.toLowerCase()] : undefined;
    if (mechanism === undefined) return fault('is no mechanism');
    const wrong = mechanism.fault(argument);
    if (wrong !== undefined) return fault(wrong);
    if (mechanism.asks) lookups++;
    if (name.toLowerCase() === 'include') addDomain(term, argument.slice(1));
    // What stands behind `all` is never looked at.
    if (name.toLowerCase() === 'all') break;
  }
  return { lookups, others };

  function addDomain(term: string, domain: string): void {
    const name = domain.includes('%') ? undefined : parseName(domain);
    if (typeof name === 'string') others.push({ term, domain: name });
  }
}

function hostFault(argument: string): string | undefined {
  if (!hostArgument.test(argument)) return 'is not written as a domain with perhaps a prefix length';
  const [, four, six] = /^(?::[^\s/]+)?(?:\/([0-9]+))?(?:\/\/([0-9]+))?$/.exec(argument) ?? [];
  if (Number(four ?? 0) > 32) return `has the prefix length ${four}, expected at most 32`;
  return Number(six ?? 0) > 128 ? `has the prefix length ${six}, expected at most 128` : undefined;
}

function networkFault(argument: string, parse: typeof parseIpv4, longest: number, what: string): string | undefined {
  if (!argument.startsWith(':')) return `needs an ${what} address`;
  const [address, length, ...rest] = argument.slice(1).split('/');
  const octets = Buffer.from(address, 'latin1');
  if (rest.length > 0 || !parse(octets, 0, octets.length, new Uint8Array(16), 0)) return `has no ${what} address`;
  if (length === undefined) return undefined;
  return /^(?:0|[1-9][0-9]{0,2})$/.test(length) && Number(length) <= longest
    ? undefined
    : `has the prefix length ${length}, expected at most ${longest}`;
}
