/** Combinations of parameters that a service cannot use, or that make its answers too large. */
import { type Extra, type Position, type Report, report } from '../text/problem.ts';
import { type Parameters, parametersText } from './association.ts';
import { rules } from './rules.ts';

/** `service` undefined: it is not known which. */
export function reportUnfit(
  parameters: Parameters,
  service: { readonly port: number; readonly protocol: string } | undefined,
  host: string,
  at: Position | undefined,
  to: Report,
  extra?: Extra,
): void {
  const { usage, selector, matching } = parameters;
  const isSmtp = service?.port === 25 && service.protocol === 'tcp';
  if (isSmtp && (usage === 'PKIX-TA' || usage === 'PKIX-EE')) {
    report(to, rules['dane/pkix-usage-smtp'], at, { usage, host }, extra);
  }
  if (matching !== 'Full') return;
  const record = parametersText(parameters);
  if (isSmtp && selector === 'Cert') report(to, rules['dane/full-data-smtp'], at, { record, host }, extra);
  else report(to, rules['dane/full-data'], at, { record }, extra);
}
