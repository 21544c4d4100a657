/**
 * The judge: what the description, all composed zones and the records of all hosts say together. Every record counts,
 * wherever it comes from; an error belongs to the zone that holds the record, so that only this zone keeps its last content.
 */
import type { Catalogues } from '../dane/issuers.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import type { EarlierVersions } from '../dane/mistakes.ts';
import type { ServiceAssociations } from '../dane/select-records.ts';
import type { Description } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { Zone } from '../dns/zone.ts';
import type { Problem, Report } from '../text/problem.ts';
import { judgeAliases, judgeWildcards } from './aliases.ts';
import { judgeDsSets, type ZoneKeys } from './ds-sets.ts';
import { Findings } from './findings.ts';
import { judgeMail } from './mail.ts';
import { judgeMailTexts } from './mail-texts.ts';
import { Names } from './names.ts';
import { judgeSharedKeys } from './shared-keys.ts';
import { survey } from './survey.ts';
import { judgeOwners } from './tlsa-owner.ts';
import { judgeSets } from './tlsa-sets.ts';

export interface JudgeInput {
  readonly description: Description;
  /** Composed zones by apex. A declared zone that is not here has errors of its own, and nothing is said about its names. */
  readonly zones: ReadonlyMap<Name, Zone>;
  readonly certificates: ReadonlyMap<string, LoadedCertificate>;
  readonly associations: ReadonlyMap<Name, readonly ServiceAssociations[]>;
  readonly catalogues: Catalogues;
  readonly earlier?: EarlierVersions;
  /** Of signed zones, as far as their keys are known. */
  readonly keys: ReadonlyMap<Name, ZoneKeys>;
}

/** Zone → its errors. */
export function judge(input: JudgeInput, to: Report): ReadonlyMap<Name, readonly Problem[]> {
  const { description, zones } = input;
  const seen = survey(zones, description);
  const names = new Names(seen, description);
  const findings = new Findings(to);
  judgeOwners(seen, names, description, findings);
  judgeAliases(seen, names, findings);
  judgeWildcards(seen, names, description, findings);
  judgeSets(seen, names, input, findings);
  judgeMail(seen, names, findings);
  judgeSharedKeys(seen, description, input.certificates, findings);
  judgeMailTexts(seen, names, findings);
  judgeDsSets(seen, description, input.keys, findings);
  return findings.errorsOf;
}
