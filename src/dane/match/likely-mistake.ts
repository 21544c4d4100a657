/** What a record that matches nothing was meant to be, where its data betray a usual mistake. */
import { associationData, fromTlsaRData, toTlsaText } from '../association.ts';
import { builtInCatalogues, listed, listedText } from '../issuers.ts';
import { differingDigits, type EarlierVersion, earlierInput, mistakenInput } from '../mistakes.ts';
import type { Presented, RecordVerdict } from './verdict.ts';

/** Digits of a digest that may be slips of a keyboard or of a clipboard. */
const slip = 4;

/** The file that holds what is presented, and how it was; asked only where nothing else explains a record. */
export interface ChainFile {
  readonly name: string;
  readonly earlier: () => readonly EarlierVersion[];
}

/**
 * A sentence whose subject is the record; undefined where a better reason is known, or no mistake is seen. `file`: where no record
 * matches; beside one that does, issuers of today and keys of yesterday are no mistakes.
 */
export function likelyMistake(
  { usable, reason, rdata }: RecordVerdict,
  presented: Presented,
  file?: ChainFile,
): string | undefined {
  const record = usable && reason.kind === 'no-equal-data' ? fromTlsaRData(rdata) : undefined;
  if (record === undefined) return undefined;
  const from = presented.kind === 'chain' ? presented.certificates : [{ spki: presented.spki }];
  const input = mistakenInput(record, from);
  if (input !== undefined) return `it is the digest of ${input}`;
  for (const selectable of from) {
    const data = associationData(record, selectable);
    if (data?.length !== record.data.length) continue;
    const digits = differingDigits(record.data, data);
    if (digits.length <= slip) {
      return `its data differ from ${toTlsaText({ ...record, data })} in ${digits.length === 1 ? 'digit' : 'digits'} ${digits.join(', ')}`;
    }
  }
  const known = listed(record, builtInCatalogues);
  if (known !== undefined && (file !== undefined || known.key.status === 'retired'))
    return `it is ${listedText(known)}`;
  const past = file && earlierInput(record, file.name, file.earlier());
  return past === undefined ? undefined : `it is ${past}`;
}
