/**
 * What the keys of a zone do at a time: which stand in the DNSKEY RRset, which sign it, which sign the rest. The dates mean what
 * they mean to dnssec-signzone -S.
 */
import type { ZoneKey } from './key.ts';
import { hasTiming } from './timing.ts';
import { isRevoked, isSep, revokedKey } from './zone-key.ts';

export interface KeyRoles {
  /** The DNSKEY RRset. Keys whose time of revocation has come bear the REVOKE bit, and so another tag than their file. */
  readonly published: readonly ZoneKey[];
  /** Sign the DNSKEY, CDS and CDNSKEY RRsets; also every published revoked key, for the DNSKEY RRset only (RFC 5011 section 2.1). */
  readonly signsKeys: readonly ZoneKey[];
  /** Sign every other RRset. */
  readonly signsZone: readonly ZoneKey[];
  /** Algorithms of the DNSKEY RRset with which the zone is not signed at this time (against RFC 4035 section 2.2). */
  readonly withoutSigner: readonly number[];
}

interface Phase {
  readonly key: ZoneKey;
  readonly published: boolean;
  readonly signs: boolean;
}

/**
 * Per algorithm, SEP keys sign the DNSKEY RRset and the others the zone; where only one kind of key signs, it signs both. Keys
 * without timing are published and sign. Without `now`, timing does not count.
 */
export function rolesOf(keys: readonly ZoneKey[], now?: number): KeyRoles {
  const phases = keys.map((key) => phaseOf(key, now)).filter((phase) => phase.published);
  const signing = phases.filter((phase) => phase.signs).map((phase) => phase.key);
  const active = signing.filter((key) => !isRevoked(key));
  const hasKind = (algorithm: number, sep: boolean) =>
    active.some((key) => key.algorithm === algorithm && isSep(key) === sep);
  const published = phases.map((phase) => phase.key);
  const signsZone = active.filter((key) => !isSep(key) || !hasKind(key.algorithm, false));
  return {
    published,
    signsKeys: signing.filter((key) => isRevoked(key) || isSep(key) || !hasKind(key.algorithm, true)),
    signsZone,
    withoutSigner: [...new Set(published.map((key) => key.algorithm))].filter(
      (algorithm) => !active.some((key) => key.algorithm === algorithm),
    ),
  };
}

/**
 * The rules of BIND's smart signing. One case is different: a key that is active before it is published signs nothing here, where
 * BIND signs with a key that nobody can see. (Signatures ahead of the keys of a new algorithm are the rollover's affair.)
 */
function phaseOf(key: ZoneKey, now: number | undefined): Phase {
  const { timing } = key;
  if (now === undefined || !hasTiming(timing)) return { key, published: true, signs: true };
  const reached = (date: number | undefined) => date !== undefined && date <= now;
  if (reached(timing.delete)) return { key, published: false, signs: false };
  const active = reached(timing.activate) && !reached(timing.inactive);
  // Without a date of publication, a key is published while it signs.
  const published = timing.publish === undefined ? active : reached(timing.publish);
  // Once its revocation has come, a published key must sign the DNSKEY RRset, active or not. Only SEP keys are trust anchors.
  if (published && (isRevoked(key) || (isSep(key) && reached(timing.revoke)))) {
    return { key: revokedKey(key), published, signs: true };
  }
  return { key, published, signs: published && active };
}
