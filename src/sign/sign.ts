/**
 * The stage `sign`: an unsigned zone, its keys and what to add become the text of a signed zone.
 *
 * Names are signed in parts by the executor; each part comes back as text. The SOA record and ZONEMD depend on all the rest (the
 * serial on the content digest, ZONEMD on every record): they are made last and stand first.
 */
import type { Name } from '../dns/name.ts';
import type { Executor } from '../parallel/executor.ts';
import type { Octets } from '../text/octets.ts';
import { newContentDigest } from './content-digest.ts';
import type { SigningInput, SigningSummary } from './input.ts';
import { signPartJob } from './part-job.ts';
import type { PartFacts, SignedPart } from './part-signer.ts';
import { partsOf } from './parts.ts';
import { stripSigning } from './strip.ts';
import { prepare, signApex, signHead } from './zone-work.ts';

export type { SigningInput, SigningSummary } from './input.ts';
export type { WindowPolicy } from './windows.ts';

/** Signs when its chunks are consumed. A signature that fails its check throws `FaultySignature` there. */
export function signZone(input: SigningInput, executor: Executor): SignedZone {
  return new SignedText(input, executor);
}

/** A signed zone; only this stage makes one. */
export type SignedZone = SignedText;

class SignedText {
  readonly apex: Name;
  readonly #input: SigningInput;
  readonly #executor: Executor;
  #summary: SigningSummary | undefined;

  constructor(input: SigningInput, executor: Executor) {
    this.apex = input.zone.apex;
    this.#input = input;
    this.#executor = executor;
  }

  /** Known once the chunks were consumed. */
  summary(): SigningSummary {
    if (this.#summary === undefined) throw new Error(`${this.apex} is not signed before its chunks are consumed`);
    return this.#summary;
  }

  /**
   * Master-file text, one record a line, the SOA record first, names in canonical order. The chunks flow as they are made where
   * the serial is a number and no ZONEMD is wanted; else they are held until the last one is there.
   */
  async *chunks(): AsyncGenerator<Octets> {
    const { serial } = this.#input;
    const { zone } = stripSigning(this.#input.zone);
    const work = await prepare({ ...this.#input, zone }, this.#executor);
    const digest = newContentDigest();
    const facts: PartFacts[] = [];
    const held: SignedPart[] = [];
    const take = (part: SignedPart) => {
      digest.add(part.text);
      facts.push(part.facts);
    };
    const flows = typeof serial === 'number' && work.zonemd.length === 0;

    let head = flows ? signHead(work, serial, []) : undefined;
    const apex = signApex(work);
    take(apex);
    if (head !== undefined) yield* [head.text, apex.text];
    const parts = partsOf(zone.columns, work.shared.denial.chain);
    for await (const part of this.#executor.map(signPartJob, work.shared, parts)) {
      take(part);
      if (flows) yield part.text;
      else held.push(part);
    }
    const contentDigest = digest.finish(work.outline);
    const decided = typeof serial === 'number' ? serial : serial(contentDigest) >>> 0;
    if (head === undefined) {
      head = signHead(work, decided, [apex.collated, ...held.map((part) => part.collated)]);
      yield* [head.text, apex.text];
      for (const part of held) yield part.text;
    }
    facts.push(head.facts);

    const sum = (of: (each: PartFacts) => number) => facts.reduce((total, each) => total + of(each), 0);
    this.#summary = {
      serial: decided,
      contentDigest,
      signatures: sum((each) => each.made + each.reused),
      reused: sum((each) => each.reused),
      firstExpiry: Math.min(...facts.map((each) => each.firstExpiry)),
      records: sum((each) => each.records),
    };
  }
}
