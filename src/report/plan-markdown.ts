/** The plan as Markdown, for a merge request or a wiki. */
import type { Plan, PlanStep } from '../rollover/plan.ts';
import { escapeControls } from '../text/escape.ts';
import { actorNames, runText, shortTime, subjectName, whenText } from './plan-words.ts';

export function planMarkdown(plan: Plan): string {
  const { from, until, steps, runBefore, digest } = plan;
  const due = steps.filter(({ state }) => state === 'due' || state === 'overdue');
  const lines = [`# Plan from ${shortTime(from)} to ${shortTime(until)}`, ''];
  if (runBefore !== undefined) lines.push(`${cell(runText(runBefore, from))}.`, '');
  if (due.length > 0) {
    lines.push('## To do now', '');
    for (const step of due) {
      const commands = step.commands.map((command) => `\`${command}\``).join(', ');
      lines.push(`- [ ] **${cell(subjectName(step))}**: ${cell(step.title)} (${commands})`);
    }
    lines.push('');
  }
  if (steps.length === 0) lines.push('Nothing is to be done.');
  else lines.push('## Timeline', '', '| when | who | where | what | why | if late |', '|---|---|---|---|---|---|');
  for (const step of steps) lines.push(row(step));
  if (steps.some(({ assumes }) => assumes !== undefined)) {
    lines.push('', '\\* if everybody acts at the earliest date.');
  }
  lines.push('', `Digest of this plan: \`${digest}\``);
  return `${lines.join('\n')}\n`;
}

function row(step: PlanStep): string {
  const cells = [whenText(step), actorNames[step.actor], subjectName(step), step.title, step.reason.text, step.ifLate];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Markdown takes some marks for its own, and HTML. */
function cell(text: string): string {
  return escapeControls(text.replace(/\s+/g, ' ')).replace(/[\\`*_{}[\]<>|#~&]/g, (mark) => `\\${mark}`);
}
