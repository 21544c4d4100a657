/** Distinguished names: read from DER, shown as RFC 4514 text, compared as RFC 5280 section 7.1 says. */
import { hex, type Octets } from '../text/octets.ts';
import { type DerReader, type Element, oidText, Tag } from './der.ts';

export interface DistinguishedName {
  /**
   * RFC 4514: `CN=R13,O=Let's Encrypt,C=US`, last RDN first. Control characters are escaped. Empty for the empty name.
   */
  readonly text: string;
  /** As it stands in the certificate. */
  readonly der: Octets;
  /** The most specific (last) common name. */
  readonly commonName?: string;
  /** Equal for names that are equal after case folding and white-space compression (RFC 5280 section 7.1). */
  readonly key: string;
  /** emailAddress attributes (PKCS#9), an old place for mailboxes. */
  readonly mailboxes: readonly string[];
}

/** Short names: RFC 4514 section 3, the rest from the IANA registry of LDAP object identifier descriptors. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'givenName',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

const commonNameOid = '2.5.4.3';
const emailAddressOid = '1.2.840.113549.1.9.1';

/** Reads a Name (RFC 5280 section 4.1.2.4) at the reader's place. */
export function readDistinguishedName(reader: DerReader, what: string): DistinguishedName {
  const element = reader.take(Tag.sequence, what);
  const rdns = reader.into(element);
  const texts: string[] = [];
  const keys: string[] = [];
  const mailboxes: string[] = [];
  let commonName: string | undefined;
  while (!rdns.isAtEnd) {
    const attributes = rdns.enter(Tag.set, `a part of ${what}`);
    const parts: string[] = [];
    const partKeys: string[] = [];
    while (!attributes.isAtEnd) {
      const attribute = attributes.enter(Tag.sequence, `an attribute of ${what}`);
      const type = oidText(attribute.take(Tag.oid, 'an attribute type').content);
      const value = attribute.any();
      attribute.finish('an attribute');
      const string = stringOf(value);
      const shortName = Object.hasOwn(shortNames, type) ? shortNames[type] : undefined;
      const shown = string === undefined || shortName === undefined ? `#${hex(value.der)}` : escapeValue(string);
      parts.push(`${shortName ?? type}=${shown}`);
      partKeys.push(`${type}=${string === undefined ? `#${hex(value.der)}` : fold(string)}`);
      if (type === commonNameOid && string !== undefined) commonName = string;
      if (type === emailAddressOid && string !== undefined) mailboxes.push(string);
    }
    texts.unshift(parts.join('+'));
    keys.push(partKeys.sort().join('\u0001'));
  }
  return { text: texts.join(','), der: element.der, commonName, key: keys.join('\u0000'), mailboxes };
}

/** Whether the first relative names of `name` are all those of `base` (RFC 5280 section 4.2.1.10). */
export function isWithinName(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.key === '' || name.key === base.key || name.key.startsWith(`${base.key}\u0000`);
}

export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.key === b.key;
}

/**
 * The text of a DirectoryString or IA5String; undefined where the value is something else or not valid in its encoding.
 */
export function stringOf(value: Element): string | undefined {
  const buffer = Buffer.from(value.content);
  switch (value.tag) {
    case Tag.utf8String: {
      const text = buffer.toString('utf8');
      return text.includes('\ufffd') ? undefined : text;
    }
    case Tag.printableString:
    case Tag.numericString:
    case Tag.ia5String:
    case Tag.visibleString:
    case Tag.teletexString: // as Latin-1, like every other reader; T.61 was never implemented
      return buffer.toString('latin1');
    case Tag.bmpString:
      return buffer.length % 2 === 0 ? buffer.swap16().toString('utf16le') : undefined;
    case Tag.universalString: {
      if (buffer.length % 4 !== 0) return undefined;
      let text = '';
      for (let at = 0; at < buffer.length; at += 4) {
        const point = buffer.readUInt32BE(at);
        if (point > 0x10ffff) return undefined;
        text += String.fromCodePoint(point);
      }
      return text;
    }
    default:
      return undefined;
  }
}

/** RFC 4514 section 2.4. */
function escapeValue(text: string): string {
  return visible(
    text
      .replace(/[,+"\\<>;]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      .replace(/(?<!^|\\) $/, '\\ '),
  );
}

/** The text with every character that does not show itself (controls, format characters) as `\hh` octets of UTF-8. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    hex(Buffer.from(character)).replace(/../g, (pair) => `\\${pair}`),
  );
}

/**
 * Enough of RFC 4518 for certificates: case, white space at the ends, runs of white space. No separator of a key is left in
 * a value.
 */
function fold(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
  return folded.replace(/[\u0000-\u0002]/g, (control) => `\u0002${control.charCodeAt(0)}`);
}
