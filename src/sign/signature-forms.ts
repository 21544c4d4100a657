/**
 * What the signatures of one key have in common. Few combinations of type, labels, TTL and window make up a whole zone, so the
 * octets in front of a signature and its line of text up to it are made once for each.
 */
import { OctetWriter } from '../dns/fields.ts';
import { writeRecord } from '../dns/master-writer.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { ZoneKey } from '../keys/key.ts';
import type { Octets } from '../text/octets.ts';
import { putSignatureHead } from './signed-data.ts';

/** Everything of an RRSIG record but its owner and its signature. */
export interface SignatureForm {
  readonly ttl: number;
  readonly expiration: number;
  /** RRSIG RDATA in front of the signature. */
  readonly head: Octets;
  /** The line in a master file, from behind the owner to the space in front of the signature. */
  readonly text: Octets;
}

/** Forms that are kept: more than the ticks of a month for the types of a zone. */
const limit = 1 << 15;

/** A signature of one octet, and what it adds to the line. */
const stub = Uint8Array.of(0);
const stubText = 'AA==\n'.length;

export class SignatureForms {
  readonly #key: ZoneKey;
  /** The apex in wire form: the signer's name. */
  readonly #signer: Octets;
  /** Type and labels → inception → form. */
  readonly #forms = new Map<number, Map<number, SignatureForm>>();
  #count = 0;

  constructor(key: ZoneKey, signer: Octets) {
    this.#key = key;
    this.#signer = signer;
  }

  of(type: TypeCode, labels: number, ttl: number, inception: number, expiration: number): SignatureForm {
    const group = type * 128 + labels;
    const forms = this.#forms.get(group) ?? this.#newGroup(group);
    const known = forms.get(inception);
    if (known !== undefined && known.ttl === ttl && known.expiration === expiration) return known;
    const { algorithm, tag } = this.#key;
    const rdata = new OctetWriter(128);
    putSignatureHead(rdata, { type, algorithm, labels, ttl, expiration, inception, tag }, this.#signer);
    const head = rdata.copy();
    rdata.put(stub);
    const line = new OctetWriter(256);
    writeRecord(root, 0, ttl, Type.RRSIG, rdata.octets, 0, rdata.length, line);
    line.length -= stubText;
    const form = { ttl, expiration, head, text: line.copy().subarray(1) };
    if (++this.#count > limit) this.#forgetAll();
    forms.set(inception, form);
    return form;
  }

  #newGroup(group: number): Map<number, SignatureForm> {
    const forms = new Map<number, SignatureForm>();
    this.#forms.set(group, forms);
    return forms;
  }

  #forgetAll(): void {
    for (const forms of this.#forms.values()) forms.clear();
    this.#count = 1;
  }
}

/** The root takes one octet of text. */
const root = Uint8Array.of(0);
