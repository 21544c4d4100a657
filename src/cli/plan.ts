/** `danezone plan`: what will happen to keys and certificates, and who has to do what when. */
import type { Plan } from '../rollover/plan.ts';
import { newReport } from '../text/problem.ts';
import { type CommandSpec, Exit, type Globals } from './command.ts';
import { horizonOf } from './horizon.ts';
import { printProblems } from './print-problems.ts';
import { placesOf, stateOption, unknownZones, zoneArguments } from './repository-options.ts';

const formats = ['text', 'json', 'markdown', 'mermaid', 'ics', 'svg'] as const;
type Format = (typeof formats)[number];

const printers: Readonly<Record<Format, (plan: Plan) => Promise<string>>> = {
  text: async (plan) => (await import('../report/plan-text.ts')).planText(plan),
  json: async (plan) => (await import('../report/plan-json.ts')).planJson(plan),
  markdown: async (plan) => (await import('../report/plan-markdown.ts')).planMarkdown(plan),
  mermaid: async (plan) => (await import('../report/plan-mermaid.ts')).planMermaid(plan),
  ics: async (plan) => (await import('../report/plan-ics.ts')).planIcs(plan),
  svg: async (plan) => (await import('../report/plan-svg.ts')).planSvg(plan),
};

export const plan: CommandSpec = {
  name: 'plan',
  arguments: [{ flags: '[zone|host...]', description: 'only these zones, or the zones of these hosts' }],
  summary: 'say what will happen to keys and certificates, and who has to do what when',
  description: `Runs the engine of rollovers under a virtual clock, from the journals as they stand: every step that danezone will take, every action that people and registrars have to take, each with its earliest date, the reason with its numbers, and what happens if it comes late. Nothing is written.

A date with a star holds if everybody acts at the earliest date: it moves with the day on which things are really done and confirmed. The digest at the end is for \`danezone build --plan DIGEST\`, which refuses when the plan has changed since somebody reviewed it.

Formats: text is a list of things to do; markdown for a merge request; mermaid and svg draw a lane a key; ics is a calendar with one event an action; json has everything.

Exit status: 0; 1 a zone could not be planned, since its description, journal or keys cannot be read; with --exit-code 10 when somebody has to act now, 20 when an action is overdue, or a build: when none has renewed the signatures for days.`,
  options: [
    { flags: '--until <when>', description: 'how far to look: 90d, 1y or a date (default: 1y)' },
    { flags: '--exit-code', description: 'exit with 10 when an action is due, 20 when one, or a build, is overdue' },
    stateOption,
  ],
  formats,
  examples: [
    'danezone plan',
    'danezone plan example.org --until 90d',
    'danezone plan --format ics > keys.ics',
    'danezone plan --format svg > keys.svg',
  ],
  run: async (host, globals, args, options) => {
    const places = placesOf(host, globals, options);
    const now = globals.now ?? host.now();
    const until = horizonOf(options.until, now);
    const problems = newReport();
    const { planRepository } = await import('../pipeline/plan.ts');
    const planned = planRepository(host.files, places, zoneArguments(args), { now, until }, problems);
    unknownZones(planned.unknown, planned.repository.description.domains.keys());
    host.stdout.write(await printers[globals.format as Format](planned.plan));
    await printProblems(host, quietly(globals), problems.problems, planned.repository.source);
    if (problems.hasErrors) return Exit.problems;
    return options.exitCode === true ? statusOf(planned.plan) : Exit.done;
  },
};

/** The plan is on standard output, whatever its form: problems go to standard error as text. */
function quietly(globals: Globals): Globals {
  return { ...globals, format: 'text', quiet: true };
}

function statusOf({ steps, runBefore }: Plan): Exit {
  if (runBefore?.isLate || steps.some(({ state }) => state === 'overdue')) return Exit.overdue;
  return steps.some(({ state }) => state === 'due') ? Exit.actionDue : Exit.done;
}
