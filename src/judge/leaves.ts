/** What DANE-EE makes of the certificate that it pins: too much of it, or nothing of its names (RFC 7671 section 5.1). */
import { catalogueOf } from '../dane/issuers.ts';
import type { LoadedCertificate } from '../dane/load-certificate.ts';
import { matchesChain } from '../dane/matches-chain.ts';
import { certificateNames, coversHost } from '../dane/names.ts';
import type { Host, Service } from '../describe/description.ts';
import type { Name } from '../dns/name.ts';
import { type Report, report } from '../text/problem.ts';
import type { Certificate } from '../x509/certificate.ts';
import { rules } from './rules.ts';
import type { Published } from './tlsa-sets.ts';

export interface LeafQuestion {
  readonly owner: Name;
  readonly host: Host;
  readonly service: Service;
  readonly published: readonly Published[];
  readonly loaded: readonly LoadedCertificate[];
}

/** Days; authorities that issue for less expect that a program renews. */
const shortLife = 100;
const day = 86_400;

export function reportLeaves({ owner, host, service, published, loaded }: LeafQuestion, to: Report): void {
  for (const certificate of loaded) {
    const { chain, source } = certificate;
    const matching = published.filter(
      ({ association }) =>
        association !== undefined && association.usage === 'DANE-EE' && matchesChain(association, chain) === 0,
    );
    if (matching.length === 0) continue;
    const whole = matching.find(({ association }) => association?.selector === 'Cert');
    const why = whyRenewed(certificate);
    if (whole !== undefined && why !== undefined) {
      const facts = { owner, certificate: source.name, why };
      const related = [{ position: source.chain.at, message: `the certificate ${source.name}` }];
      report(to, rules['dane/ee-cert-auto-renew'], whole.at, facts, { subject: host.name, related });
    }
    const isStrict = published.some(({ association }) => association !== undefined && association.usage !== 'DANE-EE');
    if (isStrict || coversHost(chain[0], host.name)) continue;
    const at = service.certificates.find(({ value }) => value === source.name)?.at ?? service.at;
    const facts = { certificate: source.name, host: host.name, names: certificateNames(chain[0]) };
    report(to, rules['dane/ee-name-or-date'], at, facts, { subject: host.name });
  }
}

/** Undefined where nothing says that a program renews the certificate. */
function whyRenewed({ chain, source }: LoadedCertificate): string | undefined {
  if (source.reuseKey) return 'is renewed with the same key (renewal: in the description)';
  const [leaf, ...issuers] = chain;
  const catalogue = issuers.map(catalogueOf).find((found) => found !== undefined);
  if (catalogue !== undefined) return `is issued by ${catalogue.name}, for programs that renew it`;
  const days = Math.round(lifetime(leaf) / day);
  return days <= shortLife ? `lives for ${days} days` : undefined;
}

const lifetime = ({ notBefore, notAfter }: Certificate) => notAfter - notBefore;
