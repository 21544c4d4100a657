/** The steps of records that outlast their host or service: they leave when no cache leads there any more. */
import { sha256 } from '../crypto/digest.ts';
import { typeName } from '../dns/type.ts';
import { hex } from '../text/octets.ts';
import type { PartPlan } from './join-plans.ts';
import type { PlanStep } from './plan.ts';
import type { Outlasting } from './routes.ts';
import { waitText } from './wait-text.ts';

/** Steps beyond `until`, Unix seconds, are left out. */
export function planOutlasting(all: readonly Outlasting[], until: number): PartPlan {
  return { steps: all.map(withdrawal).filter(({ at }) => at <= until), lanes: [] };
}

function withdrawal({ owner, type, host, wait: { wait, earliest, atBest } }: Outlasting): PlanStep {
  const action = { kind: 'withdraw-tlsa', owner } as const;
  return {
    id: hex(sha256(Buffer.from(JSON.stringify([owner, type, action])))).slice(0, 16),
    subject: { kind: 'host', name: host },
    actor: 'tool',
    action,
    title: `Withdraw the ${typeName(type)} records of ${owner}, which the description no longer has`,
    at: atBest,
    assumes: earliest === undefined ? 'the zone without the MX or address records is published now' : undefined,
    needs: earliest === undefined ? [wait.since.what] : [],
    reason: { text: `no cache leads there any more: ${waitText(wait)}`, terms: wait.terms },
    ifLate: 'nothing breaks; the zone keeps records that nobody needs',
    after: [],
    commands: ['danezone build'],
    state: 'later',
  };
}
