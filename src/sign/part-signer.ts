/**
 * Signs one part: collects its RRsets, lays out what has to be signed, has each key sign its messages in one batch, and writes
 * the part as text. Runs in a worker; buffers are used again for the next part.
 */
import { OctetWriter } from '../dns/fields.ts';
import { writeRecord } from '../dns/master-writer.ts';
import { writeBase64 } from '../dns/rdata/data.ts';
import { writeName } from '../dns/rdata/name-field.ts';
import { Type, type TypeCode } from '../dns/type.ts';
import type { ZoneColumns } from '../dns/zone.ts';
import { Flag } from '../dnssec/key-tag.ts';
import type { SignerSpec, SigningOptions } from '../signers/signer.ts';
import type { Octets } from '../text/octets.ts';
import { Collation } from './collation.ts';
import { KeyBatch } from './key-batch.ts';
import { PreviousSignatures } from './previous.ts';
import { RRsetTable } from './rrset-table.ts';
import type { SignatureForm } from './signature-forms.ts';
import { signedLabels } from './signed-data.ts';
import { openWindows, type WindowPolicy, type Windows } from './windows.ts';

/** Who signs, for how long, and with which cache; survives a structured clone. */
export interface SigningPlan {
  /** The apex in wire form, lower case. */
  readonly apex: Octets;
  readonly columns: ZoneColumns;
  /** Every key that signs, once, by algorithm, then tag: the order of the RRSIGs at a name (RFC 8976 section 3.3.1). */
  readonly keys: readonly SignerSpec[];
  /** Indices of `keys`: who signs DNSKEY, CDS and CDNSKEY at the apex, and who everything else. */
  readonly signsDnskey: readonly number[];
  readonly signsZone: readonly number[];
  readonly windows: WindowPolicy;
  readonly previous?: ZoneColumns;
  readonly check: SigningOptions['check'];
  /** The canonical form is made too, for ZONEMD. */
  readonly collates: boolean;
}

export interface PartFacts {
  /** Signatures made, and signatures taken from the previous zone. */
  readonly made: number;
  readonly reused: number;
  /** Unix seconds; Infinity where nothing was signed. */
  readonly firstExpiry: number;
  readonly records: number;
}

export interface SignedPart {
  /** Master-file text, one record a line. */
  readonly text: Octets;
  /** The records in canonical form and order, as ZONEMD digests them; empty unless asked for. */
  readonly collated: Octets;
  readonly facts: PartFacts;
}

const lineFeed = 0x0a;
/** Characters of Base64 before a space: a signature stands here as `writeRecord` writes it. */
const base64Width = 56;

export class PartSigner {
  /** To be filled with the RRsets of the part, then `finish`. */
  readonly table: RRsetTable;
  readonly #plan: SigningPlan;
  readonly #keys: readonly KeyBatch[];
  /** At the apex: who signs DNSKEY, CDS and CDNSKEY (RFC 4035 section 2.2, RFC 7344 section 4.1). */
  readonly #apexSigners: ReadonlyMap<TypeCode, readonly KeyBatch[]>;
  readonly #zoneSigners: readonly KeyBatch[];
  readonly #windows: Windows;
  readonly #previous: PreviousSignatures | undefined;
  readonly #text = new OctetWriter(1 << 18);
  readonly #collation = new Collation();
  readonly #ownerText = new OctetWriter(1 << 10);
  readonly #rdata = new OctetWriter(1 << 10);
  /** Signature → its form; in the order of the table, then of the keys. */
  readonly #form: SignatureForm[] = [];
  /** Signature → where it is: in the batch of its key (the message's number), or in the previous zone (−1 − offset). */
  readonly #source: number[] = [];

  constructor(plan: SigningPlan) {
    this.#plan = plan;
    this.table = new RRsetTable(plan.columns);
    this.#keys = plan.keys.map((spec) => new KeyBatch(spec, plan.apex, { check: plan.check }));
    const dnskeySigners = plan.signsDnskey.map((key) => this.#keys[key]);
    // A revoked key signs the DNSKEY RRset and nothing else (RFC 5011 section 2.1).
    const cdsSigners = dnskeySigners.filter(({ spec }) => (spec.key.flags & Flag.revoke) === 0);
    this.#apexSigners = new Map<TypeCode, readonly KeyBatch[]>([
      [Type.DNSKEY, dnskeySigners],
      [Type.CDS, cdsSigners],
      [Type.CDNSKEY, cdsSigners],
    ]);
    this.#zoneSigners = plan.signsZone.map((key) => this.#keys[key]);
    this.#windows = openWindows(plan.windows, plan.apex);
    this.#previous = plan.previous && new PreviousSignatures(plan.previous);
  }

  /** Signs what is in the table, writes it, and empties the table. */
  finish(): SignedPart {
    this.#layOut();
    for (const key of this.#keys) key.sign();
    const part = this.#write();
    this.#clear();
    return part;
  }

  /** Windows and messages of every RRset that is signed. */
  #layOut(): void {
    const { table } = this;
    for (let owner = 0; owner < table.ownerCount; owner++) {
      const wire = table.ownerOf(owner);
      const labels = signedLabels(wire);
      this.#previous?.moveToOwner(wire);
      for (let rrset = table.firstRRset[owner]; rrset < table.firstRRset[owner + 1]; rrset++) {
        if (table.isSigned[rrset]) this.#layOutRRset(wire, labels, rrset);
      }
    }
  }

  #layOutRRset(owner: Octets, labels: number, rrset: number): void {
    const { table } = this;
    const windows = this.#windows;
    const previous = this.#previous;
    const type = table.type[rrset];
    const ttl = table.ttl[rrset];
    const records = table.recordsOf(rrset);
    windows.move(owner, 0, owner.length, type);
    const { inception, expiration } = windows;
    const mayReuse = previous?.moveToRRset(type, ttl, records) === true;
    for (const key of this.#signersOf(owner, type)) {
      const form = key.forms.of(type, labels, ttl, inception, expiration);
      this.#form.push(form);
      if (mayReuse && previous.find(form.head, key.signatureLength)) this.#source.push(-1 - previous.from);
      else this.#source.push(key.add(form.head, owner, type, ttl, records));
    }
  }

  #signersOf(owner: Octets, type: TypeCode): readonly KeyBatch[] {
    const atApex = owner.length === this.#plan.apex.length ? this.#apexSigners.get(type) : undefined;
    return atApex ?? this.#zoneSigners;
  }

  #write(): SignedPart {
    const { table } = this;
    const text = this.#text;
    const { collates } = this.#plan;
    let signature = 0;
    let count = 0;
    let reused = 0;
    let firstExpiry = Number.POSITIVE_INFINITY;
    for (let owner = 0; owner < table.ownerCount; owner++) {
      const wire = table.ownerOf(owner);
      this.#ownerText.length = 0;
      writeName(wire, 0, this.#ownerText);
      for (let rrset = table.firstRRset[owner]; rrset < table.firstRRset[owner + 1]; rrset++) {
        const type = table.type[rrset];
        const ttl = table.ttl[rrset];
        const records = table.recordsOf(rrset);
        const { rdata, starts, from, to } = records;
        for (let i = from; i < to; i++) writeRecord(wire, 0, ttl, type, rdata, starts[i], starts[i + 1], text);
        if (collates) this.#collation.addRRset(wire, type, ttl, records);
        count += to - from;
        if (!table.isSigned[rrset]) continue;
        for (const key of this.#signersOf(wire, type)) {
          const form = this.#form[signature];
          const source = this.#source[signature++];
          if (form.expiration < firstExpiry) firstExpiry = form.expiration;
          if (source < 0) {
            reused++;
            this.#addSignature(wire, form, this.#previous!.rdata, -1 - source, key.signatureLength);
          } else {
            this.#addSignature(wire, form, key.signatures, source * key.signatureLength, key.signatureLength);
          }
        }
      }
      if (collates) this.#collation.endOwner();
    }
    return {
      text: text.copy(),
      collated: this.#collation.copy(),
      facts: { made: signature - reused, reused, firstExpiry, records: count + signature },
    };
  }

  #addSignature(owner: Octets, form: SignatureForm, signatures: Octets, from: number, length: number): void {
    const text = this.#text;
    text.put(this.#ownerText.octets.subarray(0, this.#ownerText.length));
    text.put(form.text);
    writeBase64(signatures, from, from + length, base64Width, text);
    text.u8(lineFeed);
    if (!this.#plan.collates) return;
    const rdata = this.#rdata;
    rdata.length = 0;
    rdata.put(form.head);
    rdata.put(signatures.subarray(from, from + length));
    this.#collation.addSignature(owner, form.ttl, rdata.octets.subarray(0, rdata.length));
  }

  #clear(): void {
    this.#form.length = 0;
    this.#source.length = 0;
    for (const key of this.#keys) key.clear();
    this.table.clear();
    this.#text.length = 0;
    this.#collation.clear();
  }
}
