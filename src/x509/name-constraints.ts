/**
 * Name constraints (RFC 5280 section 4.2.1.10): within which names an authority may issue. Every form that the RFC
 * describes is processed; a name of another form below a constraint on it is refused, as section 6.1 demands.
 */
import { asBuffer, type Octets } from '../text/octets.ts';
import type { Certificate } from './certificate.ts';
import { context, DerReader, Tag } from './der.ts';
import { isWithinName, readDistinguishedName, visible } from './distinguished-name.ts';
import { type GeneralName, type NameForm, takeGeneralName } from './general-name.ts';

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** Reads the value of the extension; undefined where it is not as RFC 5280 has it. */
export function readNameConstraints(der: Octets): NameConstraints | undefined {
  const reader = new DerReader(der);
  const fields = reader.enter(Tag.sequence, 'the name constraints');
  reader.finish('the name constraints');
  const subtrees = (number: number): GeneralName[] => {
    const element = fields.optional(context(number));
    const list = element && fields.into(element);
    const bases: GeneralName[] = [];
    while (list !== undefined && !list.isAtEnd) {
      const subtree = list.enter(Tag.sequence, 'a subtree');
      bases.push(takeGeneralName(subtree));
      // minimum is 0, which DER leaves out, and maximum is absent.
      subtree.finish('a subtree');
    }
    return bases;
  };
  const [permitted, excluded] = [subtrees(0), subtrees(1)];
  fields.finish('the name constraints');
  return reader.fault === undefined ? { permitted, excluded } : undefined;
}

/**
 * The first name of a certificate that the constraints forbid, as text; undefined where they allow all. `isLeaf`: its
 * common name may count as a DNS name.
 */
export function forbiddenName(
  { permitted, excluded }: NameConstraints,
  certificate: Certificate,
  isLeaf: boolean,
): string | undefined {
  const within = (name: GeneralName, bases: readonly GeneralName[]) =>
    bases.filter(({ form }) => form === name.form).map((base) => isWithin[name.form](name.octets, base.octets));
  const forbidden = namesOf(certificate, isLeaf).find((name) => {
    const [inPermitted, inExcluded] = [within(name, permitted), within(name, excluded)];
    if ([...inPermitted, ...inExcluded].includes(undefined)) return true;
    return inExcluded.includes(true) || (inPermitted.length > 0 && !inPermitted.includes(true));
  });
  return forbidden && nameText(forbidden);
}

function namesOf(certificate: Certificate, isLeaf: boolean): GeneralName[] {
  const { subject, alternativeNames, commonName, dnsNames } = certificate;
  const names = [...alternativeNames];
  if (subject.key !== '') names.push({ form: 'directory', octets: subject.der });
  for (const mailbox of subject.mailboxes) names.push({ form: 'email', octets: Buffer.from(mailbox) });
  // Where a client takes the common name for the host's, the constraints on DNS names are for it too.
  if (
    isLeaf &&
    dnsNames.length === 0 &&
    commonName !== undefined &&
    /^[a-z0-9_*-]+(?:\.[a-z0-9_-]+)+$/i.test(commonName)
  )
    names.push({ form: 'dns', octets: Buffer.from(commonName) });
  return names;
}

/** Undefined where it cannot be decided. */
const isWithin: Readonly<Record<NameForm, (name: Octets, base: Octets) => boolean | undefined>> = {
  dns: (name, base) => isWithinDomain(text(name), text(base)),
  email: (name, base) => {
    const [mailbox, constraint] = [text(name), text(base)];
    const at = mailbox.lastIndexOf('@');
    if (!constraint.includes('@')) return at >= 0 && isHostOrWithin(mailbox.slice(at + 1), constraint);
    const [local, domain] = [mailbox.slice(0, Math.max(at, 0)), mailbox.slice(at + 1)];
    const cut = constraint.lastIndexOf('@');
    return local === constraint.slice(0, cut) && domain.toLowerCase() === constraint.slice(cut + 1).toLowerCase();
  },
  uri: (name, base) => {
    const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:[\]]+)/i.exec(text(name))?.[1];
    return host === undefined ? undefined : isHostOrWithin(host, text(base));
  },
  address: (name, base) =>
    base.length === name.length * 2 &&
    name.every((octet, i) => (octet & base[name.length + i]) === (base[i] & base[name.length + i])),
  directory: (name, base) => {
    const readers = [new DerReader(name), new DerReader(base)];
    const [left, right] = readers.map((reader) => readDistinguishedName(reader, 'a name'));
    return readers.some(({ fault }) => fault !== undefined) ? undefined : isWithinName(left, right);
  },
  other: () => undefined,
};

/**
 * Labels may be added on the left. A leading dot, which RFC 5280 has for hosts of URIs only and authorities write all the
 * same, asks for at least one.
 */
function isWithinDomain(name: string, base: string): boolean {
  const [low, constraint] = [name.toLowerCase(), base.toLowerCase()];
  if (constraint === '') return true;
  return low === constraint || low.endsWith(constraint.startsWith('.') ? constraint : `.${constraint}`);
}

/** The host itself, or with a leading dot every host below (RFC 5280 section 4.2.1.10, mailboxes and URIs). */
function isHostOrWithin(host: string, base: string): boolean {
  return base.startsWith('.') || base === '' ? isWithinDomain(host, base) : host.toLowerCase() === base.toLowerCase();
}

function text(octets: Octets): string {
  return asBuffer(octets).toString('latin1');
}

function nameText({ form, octets }: GeneralName): string {
  if (form === 'directory') return readDistinguishedName(new DerReader(octets), 'a name').text;
  if (form === 'address' && octets.length === 4) return octets.join('.');
  return form === 'address' || form === 'other' ? asBuffer(octets).toString('hex') : visible(text(octets));
}
