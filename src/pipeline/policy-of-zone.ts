/** By what policy the keys of a zone are led: that of the description, or, where it signs no more, that of the last signing. */
import type { Description } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import type { ReadableFiles } from '../host/host.ts';
import { type RolloverPolicy, rolloverPolicyOf } from '../rollover/policy.ts';
import { type Places, settingsFile } from './places.ts';
import { isSigned } from './repository.ts';
import { parseSettings } from './settings-file.ts';

export function policyOfZone(
  files: ReadableFiles,
  places: Places,
  { domains }: Pick<Description, 'domains'>,
  zone: Name,
): RolloverPolicy | undefined {
  const domain = domains.get(zone);
  if (domain !== undefined && isSigned(domain)) return rolloverPolicyOf(domain);
  const path = settingsFile(places, zone);
  if (files.facts(path)?.kind !== 'file') return undefined;
  return parseSettings(Buffer.from(files.read(path)).toString('utf8'))?.rollover;
}
