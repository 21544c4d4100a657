/**
 * Mail (ROLLOVER section 5): every TLSA RRset that may be held against every certificate that may be met meanwhile, wherever MX,
 * address and CNAME records lead, while DS sets make the answer count.
 */
import type { Deployment, MailHistory, ServiceHistory } from './mail-history.ts';
import { endOf, overlap, type Span, union } from './span.ts';
import { type Found, type KnownZone, lookUpTlsa } from './tlsa-lookup.ts';
import { matchesTlsa } from './tlsa-match.ts';
import type { CacheContent, Unprotected, Violation } from './violation.ts';
import { inWords, spanInWords } from './words.ts';
import { dsContent } from './zone-violations.ts';

export interface MailJudged {
  readonly violations: readonly Violation[];
  readonly unprotected: readonly Unprotected[];
  readonly instants: number;
  readonly combinations: number;
}

/** Where and when a certificate may be met. */
type Meeting = Span & { readonly deployment: Deployment; readonly addresses: readonly string[] };

export function judgeMail(mail: MailHistory, zones: readonly KnownZone[], during: Span): MailJudged {
  const judged = mail.services.map((service) => judgeService(service, zones, during));
  return {
    violations: judged.flatMap(({ violations }) => violations),
    unprotected: judged.flatMap(({ unprotected }) => unprotected),
    instants: judged.reduce((total, { instants }) => total + instants, 0),
    combinations: judged.reduce((total, { combinations }) => total + combinations, 0),
  };
}

function judgeService(service: ServiceHistory, zones: readonly KnownZone[], during: Span): MailJudged {
  const violations: Violation[] = [];
  const without: Record<Unprotected['reason'], Span[]> = { absent: [], unusable: [], insecure: [] };
  const instants = new Set([during.from]);
  let combinations = 0;
  const meetings = meetingsOf(service, during);
  for (const found of lookUpTlsa(service.owner, zones, during)) {
    if (found.records.length === 0) {
      combinations++;
      without.absent.push(found.span);
      continue;
    }
    const { secure, insecure } = securityOf(found);
    without.insecure.push(...insecure);
    for (const meeting of meetings) {
      for (const chain of secure) {
        const span = overlap(chain, meeting);
        if (span === undefined) continue;
        combinations++;
        instants.add(span.from);
        const verdict = matchesTlsa(found.records, meeting.deployment.chain);
        if (verdict === 'unusable') without.unusable.push(span);
        else if (verdict === 'differs') violations.push(mismatch(service, found, meeting, span));
      }
    }
  }
  const reasons = Object.keys(without) as Unprotected['reason'][];
  const unprotected = reasons.flatMap((reason) =>
    union(without[reason]).map((span) => {
      const { host, port } = service;
      return { host, port, reason, from: span.from, until: endOf(span) };
    }),
  );
  return { violations, unprotected, instants: instants.size, combinations };
}

function meetingsOf({ deployments, routes }: ServiceHistory, during: Span): readonly Meeting[] {
  return deployments.flatMap((deployment): Meeting[] => {
    const { address, from, until } = deployment;
    const stands = overlap({ from, until: until ?? Number.POSITIVE_INFINITY }, during);
    if (stands === undefined) return [];
    const addresses = address === undefined ? [] : [address];
    if (routes === undefined) return [{ ...stands, deployment, addresses }];
    const leading = routes.filter((route) => address === undefined || route.address === address);
    return leading.flatMap((route) => {
      const span = overlap(stands, { from: route.from, until: route.until ?? Number.POSITIVE_INFINITY });
      return span === undefined ? [] : { ...span, deployment, addresses: [route.address] };
    });
  });
}

/** When every zone on the way may be known to have a DS, and when one of them may be known to have none. A foreign zone is taken for secure. */
function securityOf({ zones, span }: Found): { readonly secure: readonly Span[]; readonly insecure: readonly Span[] } {
  let secure: readonly Span[] = [span];
  let insecure: readonly Span[] = [];
  for (const zone of zones) {
    if (zone === undefined) continue;
    const { ds } = zone.history;
    const signed = union(ds.filter(({ records }) => records.length > 0).map(({ held }) => held));
    const unsigned =
      ds.length === 0 ? [span] : ds.filter(({ records }) => records.length === 0).map(({ held }) => held);
    secure = secure.flatMap((one) => signed.flatMap((other) => overlap(one, other) ?? []));
    insecure = [...insecure, ...unsigned.flatMap((one) => overlap(one, span) ?? [])];
  }
  return { secure, insecure };
}

function mismatch(service: ServiceHistory, found: Found, meeting: Meeting, span: Span): Violation {
  const { host, port } = service;
  const { deployment, addresses } = meeting;
  const certificate: CacheContent = {
    what: 'certificate',
    name: `${deployment.certificate} (${deployment.algorithm})`,
    records: deployment.chain.map(({ spki }) => spki.sha256),
    since: deployment.from,
    heldUntil: deployment.until,
  };
  const caches = [...found.zones.flatMap((zone) => dsAt(zone, span)), ...found.caches, certificate];
  const { from } = span;
  const until = endOf(span);
  const where = addresses.length === 0 ? `port ${port}` : `${addresses.join(', ')} port ${port}`;
  return {
    kind: 'tlsa-mismatch',
    subject: { kind: 'host', name: host },
    from,
    until,
    profiles: [],
    caches,
    names: [service.owner, ...addresses],
    message: `${host} ${where}: ${spanInWords(from, until)} a sender may hold ${found.caches.map(inWords).join(', ')} and meet ${inWords(certificate)}, which matches none of it: mail is deferred`,
  };
}

/** The first DS set that makes the zone secure at that time. */
function dsAt(zone: KnownZone | undefined, span: Span): readonly CacheContent[] {
  const ds = zone?.history.ds.find(({ records, held }) => records.length > 0 && overlap(held, span) !== undefined);
  return zone === undefined || ds === undefined ? [] : [dsContent(zone.history.journal.zone, ds)];
}
