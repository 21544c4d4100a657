/**
 * What name servers and parent really served, written down by the world itself: a history for the proof that owes nothing to the
 * journal of the zone, and outlives it when that is lost.
 */
import type { Name } from '../../src/dns/name.ts';
import { Type, type TypeCode } from '../../src/dns/type.ts';
import type { BuiltRRset, BuiltZone } from '../../src/journal/built-zone.ts';
import {
  type ContentVersion,
  type DsVersion,
  type Journal,
  newJournal,
  type RRsetVersion,
  type Signed,
  type Timeline,
} from '../../src/journal/journal.ts';
import type { ProofPolicy } from '../../src/prove/policy.ts';
import { profiles } from '../../src/prove/profile.ts';
import { prove } from '../../src/prove/prove.ts';
import type { Violation } from '../../src/prove/violation.ts';

/** From when the first server had it, and when the last one no longer had what was before. Real time, Unix seconds. */
export interface Change {
  readonly from: number;
  readonly all: number;
  /** Somebody acted against the plan: what is served from here until the next change is not held against the engine. */
  readonly isWrong?: boolean;
}

type Content = BuiltZone['content'];

class History<V extends Timeline & { readonly signed?: Signed }> {
  readonly versions: V[] = [];
  /** Beginnings of the versions that were served against the plan. */
  readonly wrong = new Set<number>();
  #key = '';

  serve(found: Omit<V, keyof Timeline>, key: string, { from, all, isWrong = false }: Change): void {
    const last = this.versions.at(-1);
    if (last !== undefined && key === this.#key && isWrong === this.wrong.has(last.built)) {
      this.versions[this.versions.length - 1] = { ...last, signed: laterOf(last.signed, found.signed) };
      return;
    }
    // Two changes in one second are one after the other.
    const built = last === undefined ? from : Math.max(from, last.built + 1);
    if (last !== undefined) {
      const service = { state: 'gone', until: Math.max(all, built), evidence: 1 } as const;
      this.versions[this.versions.length - 1] = { ...last, dropped: built, service };
    }
    this.versions.push({ ...found, built, service: { state: 'unseen' } } as unknown as V);
    if (isWrong) this.wrong.add(built);
    this.#key = key;
  }

  /** Until when some cache may hold a version that `has` what is asked for; 0: none ever could. Infinity: it is served now. */
  heldUntil(has: (version: V) => boolean, ttlOf: (version: V) => number): number {
    const ends = this.versions.map((version) => {
      if (this.wrong.has(version.built) || !has(version)) return 0;
      return version.service.state === 'gone' ? version.service.until + ttlOf(version) : Number.POSITIVE_INFINITY;
    });
    return Math.max(0, ...ends);
  }
}

function laterOf(a: Signed | undefined, b: Signed | undefined): Signed | undefined {
  if (a === undefined || b === undefined) return b;
  return {
    signers: b.signers,
    inception: Math.max(a.inception, b.inception),
    expiration: Math.max(a.expiration, b.expiration),
  };
}

const signersOf = (signed: Signed | undefined) => (signed?.signers ?? []).join('+');

export class Truth {
  readonly dnskey = new History<RRsetVersion>();
  readonly content = new History<ContentVersion>();
  readonly ds = new History<DsVersion>();
  readonly #others: readonly {
    readonly owner: Name;
    readonly type: TypeCode;
    readonly history: History<RRsetVersion>;
  }[];
  readonly #zone: Name;
  readonly #start: number;
  readonly #dsTtl: number;
  #insecureAt: number | undefined;

  /** Before `start` the zone was unsigned for ever. `tlsa` is the owner of TLSA records that may come. */
  constructor(zone: Name, start: number, unsigned: Content, dsTtl: number, tlsa: Name) {
    const of = (owner: Name, type: TypeCode) => ({ owner, type, history: new History<RRsetVersion>() });
    this.#others = [of(zone, Type.CDS), of(zone, Type.CDNSKEY), of(tlsa, Type.TLSA)];
    this.#zone = zone;
    this.#start = start;
    this.#dsTtl = dsTtl;
    this.serve({ content: { ...unsigned, signed: undefined }, rrsets: [] }, { from: start, all: start });
  }

  serve({ content, rrsets }: Pick<BuiltZone, 'content' | 'rrsets'>, change: Change): void {
    const { largestTtl, negativeTtl, expire, signed } = content;
    this.content.serve(content, [largestTtl, negativeTtl, expire, signersOf(signed)].join(), change);
    for (const { owner, type, history } of this.#others) {
      const found = rrsets.find((each) => each.owner === owner && each.type === type);
      serveRRset(history, found ?? { owner, type, records: [], ttl: negativeTtl, signed }, change);
    }
    const dnskey = rrsets.find(({ type }) => type === Type.DNSKEY);
    const absent = { owner: this.#zone, type: Type.DNSKEY, records: [], ttl: negativeTtl, signed };
    serveRRset(this.dnskey, dnskey ?? absent, change);
  }

  showDs(records: readonly string[], change: Change): void {
    if (this.ds.versions.length === 0 && records.length === 0) return;
    this.ds.serve({ records: [...records].sort() }, [...records].sort().join(), change);
  }

  goesInsecure(at: number): void {
    this.#insecureAt ??= at;
  }

  /** What the proof finds in all that was served, but for what the world did against the plan. */
  violations(policy: Pick<ProofPolicy, 'expire'>, strict: boolean): readonly Violation[] {
    const rules: ProofPolicy = {
      publication: { kind: 'evidence' },
      zonePropagationDelay: 0,
      publishSafety: 0,
      retireSafety: 0,
      expire: policy.expire,
      parent: { ttl: this.#dsTtl, propagationDelay: 0 },
    };
    const { violations } = prove({
      zones: [{ journal: this.journal(), policy: rules }],
      from: this.#start,
      profiles: strict ? [profiles.permissive, profiles.strict] : [profiles.permissive],
    });
    // Windows are judged file by file: a history has only the last of each.
    return violations.filter(
      ({ kind, caches }) => kind !== 'signature-window' && !caches.some((each) => this.#isWrong(each)),
    );
  }

  #isWrong({ what, since }: Violation['caches'][number]): boolean {
    if (what === 'DS') return this.ds.wrong.has(since);
    return this.content.wrong.has(since) || this.dnskey.wrong.has(since);
  }

  journal(): Journal {
    const apex = { owner: this.#zone, type: Type.DNSKEY, versions: this.dnskey.versions };
    const others = this.#others.map(({ owner, type, history }) => ({ owner, type, versions: history.versions }));
    return {
      ...newJournal(this.#zone, this.#start),
      content: this.content.versions,
      parentDs: this.ds.versions,
      rrsets: [apex, ...others],
      requests: this.#insecureAt === undefined ? {} : { insecure: { at: this.#insecureAt, by: 'operator' } },
    };
  }
}

function serveRRset(history: History<RRsetVersion>, { records, ttl, signed }: BuiltRRset, change: Change): void {
  history.serve({ records, ttl, signed }, [records.join(), ttl, signersOf(signed)].join(), change);
}
