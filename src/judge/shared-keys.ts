/** One key on every mail host of a domain. */
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import type { Description, Service } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { hex } from '../text/octets.ts';
import { type Findings, firstAndOthers } from './findings.ts';
import { isSmtp } from './port-labels.ts';
import { rules } from './rules.ts';
import type { MxSet, Survey } from './survey.ts';

export function judgeSharedKeys(
  { mx }: Survey,
  { hosts }: Description,
  certificates: ReadonlyMap<string, LoadedCertificate>,
  findings: Findings,
): void {
  const sharing = new Map<string, { hosts: readonly Name[]; last: Service; sets: MxSet[] }>();
  const keys = new Map<Name, ReadonlySet<string>>();
  for (const set of mx) {
    if (set.targets.length < 2) continue;
    const names = set.targets.map(({ host }) => host);
    const key = names.join(' ');
    const known = sharing.get(key);
    if (known !== undefined) {
      known.sets.push(set);
      continue;
    }
    const services = names.map(smtpOf);
    const [first, ...others] = names.map(keysOf);
    const last = services[services.length - 1];
    if (last === undefined || ![...first].some((one) => others.every((other) => other.has(one)))) continue;
    sharing.set(key, { hosts: names, last, sets: [set] });
  }
  for (const { hosts: names, last, sets } of sharing.values()) {
    const domains = firstAndOthers(
      sets.map(({ owner }) => owner),
      'other domains',
    );
    const zones = [...new Set(sets.map(({ held }) => held.apex))];
    const at = last.certificates[0]?.at ?? last.at;
    findings.say(zones, rules['dane/shared-key'], at, { hosts: names, domains }, { subject: names[0] });
  }

  function smtpOf(host: Name): Service | undefined {
    return hosts.get(host)?.services.find(isSmtp);
  }

  function keysOf(host: Name): ReadonlySet<string> {
    let found = keys.get(host);
    if (found === undefined) {
      const loaded = (smtpOf(host)?.certificates ?? []).flatMap(({ value }) => certificates.get(value) ?? []);
      keys.set(host, (found = new Set(loaded.map(({ chain }) => hex(chain[0].spki)))));
    }
    return found;
  }
}
