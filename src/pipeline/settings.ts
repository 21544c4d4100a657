/** How a zone is signed: the part of its policy that a later run needs when the description cannot be read. */
import type { Domain } from '../describe/description.ts';
import { rolloverPolicyOf } from '../rollover/policy.ts';
import type { Settings } from './settings-file.ts';

export function settingsOf(domain: Domain): Settings {
  const { policy, parent } = domain;
  return {
    validity: policy.signatures.validity,
    refresh: policy.signatures.refresh,
    dnskeyValidity: policy.signatures.dnskeyValidity,
    tlsaValidity: policy.signatures.tlsaValidity,
    denial: policy.denial,
    zonemd: [...policy.zonemd],
    serial: policy.serial,
    dnskeyTtl: policy.ttls.dnskey,
    cds: policy.cds,
    digests: [...parent.digests],
    dsTtl: parent.ttl,
    zonePropagationDelay: policy.timing.zonePropagationDelay,
    rollover: rolloverPolicyOf(domain),
  };
}

export function printSettings(settings: Settings): string {
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
