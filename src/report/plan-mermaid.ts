/** The lanes of the plan as a Gantt chart of Mermaid. */
import type { Lane, Plan } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { actionsOf, subjectName } from './plan-words.ts';

const tags: Readonly<Record<Lane['spans'][number]['state'], string>> = {
  coming: 'done',
  active: 'active',
  leaving: 'crit',
};

export function planMermaid(plan: Plan): string {
  const lines = ['gantt', '    title Keys and certificates', '    dateFormat X', '    axisFormat %Y-%m-%d'];
  const names = [...new Set([...plan.lanes, ...actionsOf(plan)].map(({ subject }) => subject.name))].sort();
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

/** What a line of a chart may begin with. */
const words =
  /^(?:gantt|section|title|date|axis|tick|today|top|weekday|weekend|inclusive|includes|excludes|click|href|call|acc|vert)/i;

/** Colons, semicolons, hashes and percent signs mean something to Mermaid in a label. */
function plain(text: string): string {
  const label = escapeControls(text.replace(/[:;#,%\s]/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  return words.test(label) ? `· ${label}` : label;
}
