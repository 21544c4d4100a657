/**
 * Every DS set, DNSKEY RRset and other RRset that may be held at one time, judged as a validator does (RFC 4035 section 5).
 *
 * Between the ends of spans nothing changes, so the times at which three versions may be held together are one span, and
 * looking at each triple that has one is looking at every instant.
 */
import type { ChainFacts, DsFact } from './chain-facts.ts';
import { isWhole, type Profile, supportsAlgorithm, supportsDigest } from './profile.ts';
import { overlap, type Span } from './span.ts';

/** Indices into the facts. */
export type ChainFinding = Span & { readonly profiles: readonly Profile[] } & (
    | { readonly kind: 'insecure'; readonly ds: number }
    | { readonly kind: 'no-key-for-ds'; readonly ds: number; readonly dnskey: number }
    | {
        readonly kind: 'no-key-for-rrset';
        readonly ds: number;
        readonly dnskey: number;
        readonly class: number;
        readonly entry: number;
      }
  );

export interface ChainsJudged {
  readonly findings: readonly ChainFinding[];
  /** Times within the span at which what may be held changes; every instant is like one of them. */
  readonly instants: number;
  /** Combinations that were judged, each by every profile. */
  readonly combinations: number;
}

/** What profiles that insist on as much see alike in a DS set. */
interface DsView {
  readonly profiles: readonly Profile[];
  readonly strict: boolean;
  readonly algorithms: readonly number[];
  /** What the profile goes by to find keys. */
  readonly records: readonly DsFact[];
}

/** A DS set and a DNSKEY RRset together, to a view: the algorithms by which the DNSKEY RRset is secure. */
interface ChainView extends DsView {
  readonly secureBy: ReadonlySet<number>;
}

type DnskeyFact = ChainFacts['dnskey'][number];

export function judgeChains(facts: ChainFacts, profiles: readonly Profile[], during: Span): ChainsJudged {
  const findings: ChainFinding[] = [];
  let combinations = 0;
  for (const [dsIndex, ds] of facts.ds.entries()) {
    const dsSpan = overlap(ds, during);
    if (dsSpan === undefined) continue;
    const views = viewsOf(profiles, ds.records);
    const insecure = views.filter(({ algorithms }) => algorithms.length === 0);
    if (insecure.length > 0) {
      combinations++;
      const losing = insecure.flatMap((view) => view.profiles).filter((one) => losesBy(one, ds));
      if (losing.length > 0) findings.push({ kind: 'insecure', ...dsSpan, profiles: named(losing), ds: dsIndex });
    }
    const secure = views.filter(({ algorithms }) => algorithms.length > 0);
    if (secure.length === 0) continue;
    for (const [dnskeyIndex, dnskey] of facts.dnskey.entries()) {
      const keySpan = overlap(dsSpan, dnskey);
      if (keySpan === undefined) continue;
      combinations++;
      const chains = secure.map((view) => ({ ...view, secureBy: secureBy(view, dnskey, facts) }));
      const isBroken = (chain: ChainView) => !isEnough(chain, chain.secureBy);
      const broken = named(chains.filter(isBroken).flatMap((chain) => chain.profiles));
      if (broken.length > 0) {
        findings.push({ kind: 'no-key-for-ds', ...keySpan, profiles: broken, ds: dsIndex, dnskey: dnskeyIndex });
      }
      const whole = chains.filter((chain) => !isBroken(chain));
      if (whole.length === 0) continue;
      for (const [classIndex, entries] of facts.classes.entries()) {
        for (const [entryIndex, entry] of entries.entries()) {
          // Most pairs of a long history never meet.
          if (entry.from >= keySpan.until || entry.until <= keySpan.from) continue;
          // What was signed for a time that was over when it was built is held by nobody.
          const span = overlap(keySpan, entry);
          if (span === undefined) continue;
          combinations++;
          const signedBy = algorithmsOf(entry.signers, dnskey, facts);
          const bogus = whole.filter((chain) => !isEnough(chain, both(chain.secureBy, signedBy)));
          if (bogus.length === 0) continue;
          findings.push({
            kind: 'no-key-for-rrset',
            ...span,
            profiles: named(bogus.flatMap((chain) => chain.profiles)),
            ds: dsIndex,
            dnskey: dnskeyIndex,
            class: classIndex,
            entry: entryIndex,
          });
        }
      }
    }
  }
  return { findings, instants: instantsOf(facts, during), combinations };
}

function viewsOf(profiles: readonly Profile[], records: readonly DsFact[]): readonly DsView[] {
  const views = new Map<string, DsView>();
  for (const profile of profiles) {
    const supported = records.filter(
      ({ algorithm, digestType }) => supportsAlgorithm(profile, algorithm) && supportsDigest(profile, digestType),
    );
    const { strict } = profile;
    const key = `${strict} ${supported.map((record) => records.indexOf(record)).join()}`;
    const same = views.get(key)?.profiles ?? [];
    const algorithms = [...new Set(supported.map(({ algorithm }) => algorithm))];
    const highest = Math.max(...supported.map(({ digestType }) => digestType));
    const used = strict ? supported.filter(({ digestType }) => digestType === highest) : supported;
    views.set(key, { profiles: [...same, profile], strict, algorithms, records: used });
  }
  return [...views.values()];
}

/** Whether a profile that supports none of it should find a DS set that it does. */
function losesBy(profile: Profile, { records, intended }: ChainFacts['ds'][number]): boolean {
  return records.length === 0 ? !intended : !profile.mayBeInsecure;
}

/** Validators that lack something count where the others find no fault. */
function named(profiles: readonly Profile[]): readonly Profile[] {
  const whole = profiles.filter(isWhole);
  return whole.length > 0 ? whole : profiles;
}

/** Algorithms of which a key that the DS set names signs the DNSKEY RRset it stands in. */
function secureBy({ records }: DsView, { keys, signers }: DnskeyFact, facts: ChainFacts): ReadonlySet<number> {
  const leads = records.filter((ds) =>
    ds.keys.some((key) => keys.includes(key) && signers.includes(facts.keys[key].id)),
  );
  return new Set(leads.map(({ algorithm }) => algorithm));
}

/** Algorithms of the keys in this DNSKEY RRset that made one of the signatures. */
function algorithmsOf(signers: readonly number[], { keys }: DnskeyFact, facts: ChainFacts): ReadonlySet<number> {
  const made = keys.map((key) => facts.keys[key]).filter(({ id, isZoneKey }) => isZoneKey && signers.includes(id));
  return new Set(made.map(({ algorithm }) => algorithm));
}

function isEnough({ strict, algorithms }: DsView, found: ReadonlySet<number>): boolean {
  const isFound = (algorithm: number) => found.has(algorithm);
  return strict ? algorithms.every(isFound) : algorithms.some(isFound);
}

function both(a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...a].filter((algorithm) => b.has(algorithm)));
}

function instantsOf({ ds, dnskey, classes }: ChainFacts, during: Span): number {
  const ends = [...ds, ...dnskey, ...classes.flat()].flatMap(({ from, until }) => [from, until]);
  return new Set([during.from, ...ends.filter((at) => at > during.from && at < during.until)]).size;
}
