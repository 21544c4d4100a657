/** The lanes of the plan as a Gantt chart of Mermaid. */
import type { Lane, Plan } from '../rollover/plan.ts';
import { actionsOf, subjectName } from './plan-words.ts';

const tags: Readonly<Record<Lane['spans'][number]['state'], string>> = {
  coming: 'done',
  active: 'active',
  leaving: 'crit',
};

export function planMermaid(plan: Plan): string {
  const lines = ['gantt', '    title Keys and certificates', '    dateFormat X', '    axisFormat %Y-%m-%d'];
  const names = [...new Set(plan.lanes.map(({ subject }) => subject.name))].sort();
  for (const name of names) {
    lines.push(`    section ${plain(subjectName({ subject: { kind: 'zone', name } }))}`);
    for (const { label, spans } of plan.lanes.filter(({ subject }) => subject.name === name)) {
      for (const { state, from, until = plan.until } of spans) {
        const start = Math.max(from, plan.from);
        if (until > start) lines.push(`    ${plain(label)} ${state} :${tags[state]}, ${start}, ${until}`);
      }
    }
    for (const { title, at } of actionsOf(plan).filter(({ subject }) => subject.name === name)) {
      lines.push(`    ${plain(title)} :milestone, ${at}, ${at}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Colons, semicolons and hashes end a label. */
function plain(text: string): string {
  return text
    .replace(/[:;#,\n]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
