/** When danezone must run again for a zone: what build prints and writes into the manifest, and what plan says. */
import { Type } from '../dns/type.ts';
import { currentVersion } from '../journal/held.ts';
import type { Journal } from '../journal/journal.ts';
import { type NextRun, nextRun } from '../rollover/next-run.ts';
import type { RolloverPolicy } from '../rollover/policy.ts';
import type { Routes } from '../rollover/routes.ts';
import type { Repository } from './repository.ts';
import { type TlsaDecisions, tlsaOfRun } from './tlsa-now.ts';

/** `journal`: after the last build. Undefined: nothing has a date, and nothing is signed. */
export function nextRunOf(
  repository: Repository,
  { journal, policy }: { readonly journal: Journal; readonly policy: RolloverPolicy },
  routes: Routes,
): NextRun | undefined {
  const { now } = routes;
  const domain = repository.description.domains.get(journal.zone);
  if (domain === undefined) return nextRun({ journal, policy, now });
  const run = { now, overrides: new Set<string>() };
  const { decisions, nextEvent } = tlsaOfRun(repository, domain, { journal, rolled: undefined }, routes, run);
  const unserved = [...decisions.values()].flatMap(({ beforeDs }) => beforeDs);
  const events = [nextEvent, putOff(decisions, journal)].filter((at) => Number.isFinite(at));
  return nextRun({ journal, policy, now, unserved, events });
}

/** Of two changes one waits for the next run, which is due from then on: when the last one was. Infinity: none waits. */
function putOff(decisions: TlsaDecisions, journal: Journal): number {
  const waits = [...decisions].some(
    ([owner, { records }]) => records.join() !== (currentVersion(journal, owner, Type.TLSA)?.records ?? []).join(),
  );
  return waits ? (journal.serials.at(-1)?.built ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
}
