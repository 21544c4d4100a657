/** What mail domains say in TXT records about who may send for them. */
import { dmarcFault } from './dmarc.ts';
import type { Findings } from './findings.ts';
import type { Names } from './names.ts';
import { SpfJudge } from './spf.ts';
import type { Placed, Survey } from './survey.ts';
import { rules } from './text-rules.ts';

export function judgeMailTexts({ spf, dmarc }: Survey, names: Names, findings: Findings): void {
  const judge = new SpfJudge(names);
  const say = ({ held, owner, row }: Placed, rule: (typeof rules)[keyof typeof rules], what: string | undefined) => {
    if (what === undefined) return;
    findings.say(held.apex, rule, held.zone.positionOf(row), { owner, what }, { subject: owner });
  };
  for (const set of spf) say(set, rules['zone/spf-lookups'], judge.faultOf(set));
  for (const set of dmarc) say(set, rules['zone/dmarc-syntax'], dmarcFault(set.held.zone.rdataOf(set.row)));
}
