/** Whether the keys of a zone can sign it, and are as its policy says. Keys are never made or taken away for that: it is only said. */
import type { Domain } from '../describe/description.ts';
import { algorithmOf } from '../dnssec/algorithm.ts';
import type { KeyRecord } from '../journal/journal.ts';
import { generationError } from '../keys/generate.ts';
import type { KeyDuties } from '../rollover/duties.ts';
import { algorithmOfKey } from '../rollover/key-records.ts';
import { type Problem, type Report, report } from '../text/problem.ts';
import { readableTime } from '../text/time.ts';
import { rules } from './rules.ts';
import type { ZoneState } from './zone-state.ts';

/** Why the keys that a new zone needs cannot be made; undefined where they can. */
export function makingError({ policy }: Domain): string | undefined {
  return generationError(policy.keys.algorithm);
}

/** Of a signed domain. */
export function reportKeyPolicy(domain: Domain, state: ZoneState, to: Report): void {
  const { name: zone, at } = domain;
  const why = makingError(domain);
  if (state.isNew && why !== undefined) {
    report(to, rules['build/no-keys'], at, { zone, what: `has no keys, and none are made: ${why}` }, { subject: zone });
  }
  const { layout, algorithm } = domain.policy.keys;
  const found = layoutsOf(state.duties);
  if (found.size === 0 || found.get(algorithm) === layout || isUnderWay(domain, state)) return;
  const words = (of: string, number: number) => `${of} of ${algorithmOf(number)?.mnemonic ?? number}`;
  const keys = [...found].map(([number, of]) => words(of, number)).join(' and ');
  report(to, rules['build/keys-differ'], at, { zone, policy: words(layout, algorithm), keys }, { subject: zone });
}

/** Every key that is to stay is one that the policy asks for: the roll to it has begun. */
function isUnderWay({ policy }: Domain, { rolled }: ZoneState): boolean {
  const { layout, algorithm } = policy.keys;
  const staying = (rolled?.after.journal.keys ?? []).filter(({ goal }) => goal === 'omnipresent');
  const isAsked = (key: KeyRecord) => algorithmOfKey(key) === algorithm && (key.role === 'csk') === (layout === 'csk');
  return staying.length > 0 && staying.every(isAsked);
}

/** Algorithm → how its keys share the work now. */
function layoutsOf({ signsDnskey, signsZone }: KeyDuties): Map<number, 'csk' | 'ksk-zsk'> {
  const algorithms = [...new Set(signsZone.map((key) => key.algorithm))].sort((a, b) => a - b);
  return new Map(
    algorithms.map((algorithm) => {
      const both = signsZone.some((key) => key.algorithm === algorithm && signsDnskey.includes(key));
      return [algorithm, both ? 'csk' : 'ksk-zsk'];
    }),
  );
}

/** Why the keys of a zone cannot sign it; sentences without their subject. */
export function lacks(state: ZoneState): string[] {
  const { keys, duties } = state;
  const missing = [...new Set([...duties.signsDnskey, ...duties.signsZone])].filter((key) => !keys.hasPrivateHalf(key));
  const halves = missing.map((key) => `has no private half of key ${key.tag} (${key.path}.private)`);
  return [...halves, ...lacksKeys(state)];
}

/** The same without a look at private halves. */
export function lacksKeys({ duties }: ZoneState): string[] {
  if (duties.signsDnskey.length === 0 || duties.signsZone.length === 0) {
    const { nextEvent } = duties;
    const next = nextEvent === undefined ? '' : `; the next date in its key files is ${readableTime(nextEvent)}`;
    return [`has no key that signs now${next}`];
  }
  return duties.withoutSigner.map((algorithm) => `publishes keys of algorithm ${algorithm} and none of them signs`);
}

/** Whether the keys cannot sign the zone, which is said here where none of the errors has `said` it. */
export function reportLacks(state: ZoneState, said: readonly Problem[], to: Report): boolean {
  const { zone } = state;
  const lacking = lacks(state);
  const isSaid = said.some(({ rule }) => rule === rules['build/no-keys'].id);
  for (const what of isSaid ? [] : lacking)
    report(to, rules['build/no-keys'], undefined, { zone, what }, { subject: zone });
  return lacking.length > 0;
}
