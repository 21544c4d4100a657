/**
 * Certificates against the clock. Dates warn and never stop a build: nothing that only the passing of time made true
 * may (DESIGN, isolation).
 */
import { type Extra, type Position, type Report, report } from '../text/problem.ts';
import { type Certificate, certificateName } from './certificate.ts';
import { rules } from './rules.ts';

export interface DateQuestion {
  /** Unix seconds. */
  readonly now: number;
  /** When the program will run again; undefined where nobody knows. */
  readonly nextRun?: number;
  /** Whether clients look at the dates: they do with every usage but DANE-EE (RFC 7671 section 5.1). */
  readonly datesCount: boolean;
}

/**
 * Reports a certificate that is outside its dates, or will be at the next run. `at` undefined: where the certificate
 * stands.
 */
export function reportDates(
  certificate: Certificate,
  question: DateQuestion,
  to: Report,
  at?: Position,
  extra?: Extra,
) {
  const { now, nextRun, datesCount } = question;
  const { notBefore, notAfter } = certificate;
  const name = certificateName(certificate);
  const place = at ?? certificate.at;
  if (now < notBefore || now > notAfter) {
    report(
      to,
      rules[datesCount ? 'cert/expired-ta' : 'cert/expired-ee'],
      place,
      { name, notBefore, notAfter, now },
      extra,
    );
  } else if (datesCount && nextRun !== undefined && notAfter < nextRun) {
    report(to, rules['cert/expires-before-next-run'], place, { name, notAfter, nextRun }, extra);
  }
}
