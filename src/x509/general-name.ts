/** GeneralName (RFC 5280 section 4.2.1.6): the entries of alternative names, and the bases of name constraints. */
import type { Octets } from '../text/octets.ts';
import { context, contextPrimitive, type DerReader } from './der.ts';

/** Forms that are told apart here; `other` is every other one, such as otherName and registeredID. */
export type NameForm = 'email' | 'dns' | 'uri' | 'address' | 'directory' | 'other';

export interface GeneralName {
  readonly form: NameForm;
  /**
   * Content without its tag: IA5 text of email, dns and uri; 4 or 16 octets of an address (8 or 32 with a mask in
   * constraints); DER of a Name for directory.
   */
  readonly octets: Octets;
}

const forms: ReadonlyMap<number, NameForm> = new Map([
  [contextPrimitive(1), 'email'],
  [contextPrimitive(2), 'dns'],
  [contextPrimitive(6), 'uri'],
  [contextPrimitive(7), 'address'],
  [context(4), 'directory'],
]);

/** Reads the GeneralName at the reader's place. */
export function takeGeneralName(reader: DerReader): GeneralName {
  const { tag, content } = reader.any();
  return { form: forms.get(tag) ?? 'other', octets: content };
}
