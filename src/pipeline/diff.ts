/** What a build would change in the content of the zones: the last output against the description as it is now. */
import { fromTlsaRData } from '../dane/association.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import { matchesChain } from '../dane/matches-chain.ts';
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import { type ChangeWords, changeWords, type TlsaKnowledge } from '../report/change-words.ts';
import { zoneChanges } from '../report/zone-diff.ts';
import { newReport, type Report } from '../text/problem.ts';
import { publishedDs } from './check.ts';
import { compileAll } from './compile.ts';
import type { Places } from './places.ts';
import { type Repository, readRepository } from './repository.ts';
import { readZoneState } from './zone-state.ts';

export interface ZoneDiff {
  readonly zone: Name;
  readonly state: 'new' | 'changed' | 'same' | 'gone' | 'faulty';
  readonly changes: readonly ChangeWords[];
}

export interface DiffResult {
  readonly zones: readonly ZoneDiff[];
  readonly repository: Repository;
}

/** `only` empty: every zone. `previous`: names of the zones in the last manifest. */
export function diff(
  files: ReadableFiles,
  places: Places,
  only: readonly Name[],
  previous: readonly Name[],
  now: number,
  to: Report,
): DiffResult {
  const repository = readRepository(files, places.root, [places.state], to);
  const { domains, faulty } = repository.description;
  const childDs = publishedDs(files, places, repository, now);
  const compiled = compileAll(repository, childDs, to);
  const knowledge = knowledgeOf(repository);
  const all = new Set<Name>([...domains.keys(), ...faulty.keys(), ...previous]);
  const zones = [...all]
    .filter((zone) => only.length === 0 || only.includes(zone))
    .sort()
    .map((zone): ZoneDiff => {
      const domain = domains.get(zone);
      const before = readZoneState(files, places, zone, { now, privateHalves: 'ignore' }, newReport()).last()?.zone;
      if (domain === undefined) {
        if (faulty.has(zone) || repository.broken.length > 0) return { zone, state: 'faulty', changes: [] };
        const changes = [...zoneChanges(before, undefined)].map((change) => changeWords(zone, change, knowledge));
        return { zone, state: 'gone', changes };
      }
      const { candidate: after, errors = [] } = compiled.get(zone) ?? {};
      if (after === undefined) return { zone, state: 'faulty', changes: [] };
      const changes = [...zoneChanges(before, after)].map((change) => changeWords(zone, change, knowledge));
      if (errors.length > 0) return { zone, state: 'faulty', changes };
      return { zone, state: before === undefined ? 'new' : changes.length > 0 ? 'changed' : 'same', changes };
    });
  return { zones, repository };
}

/** What each TLSA owner of the description should match. */
function knowledgeOf(repository: Repository): (owner: Name) => TlsaKnowledge | undefined {
  const known = new Map<Name, TlsaKnowledge>();
  for (const [host, services] of repository.associations) {
    for (const { owner, service } of services) {
      const loaded = service.certificates.flatMap(({ value }) => repository.certificates.get(value) ?? []);
      if (loaded.length > 0) known.set(owner, knowledge(host, loaded));
    }
  }
  return (owner) => known.get(owner);
}

function knowledge(host: Name, loaded: readonly LoadedCertificate[]): TlsaKnowledge {
  const matches = (
    rdata: Uint8Array,
    chains: readonly (readonly { readonly der?: Uint8Array; readonly spki: Uint8Array }[])[],
  ) => {
    const association = fromTlsaRData(rdata);
    return association !== undefined && chains.some((chain) => matchesChain(association, chain) !== undefined);
  };
  return {
    host: host.slice(0, -1),
    matchesCurrent: (rdata) =>
      matches(
        rdata,
        loaded.map(({ chain }) => chain),
      ),
    matchesNext: (rdata) =>
      matches(
        rdata,
        loaded.flatMap(({ next }) => (next === undefined ? [] : [next.chain.length > 0 ? next.chain : [next]])),
      ),
  };
}
