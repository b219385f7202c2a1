import { type Chart, isFinal, statesOf } from './chart.ts'

/** Draws a chart as a Mermaid state diagram; events that lead the same way share an arrow, ignored ones have none. */
export function drawChart(chart: Chart): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${chart.initial}`]
  for (const state of statesOf(chart)) {
    const arrows = new Map<string, string[]>()
    for (const [event, target] of Object.entries(chart.states[state] ?? {})) {
      if (target) arrows.set(target, [...(arrows.get(target) ?? []), event])
    }
    for (const [target, events] of arrows) lines.push(`  ${state} --> ${target}: ${events.join(', ')}`)
    if (isFinal(chart, state)) lines.push(`  ${state} --> [*]`)
  }
  return `${lines.join('\n')}\n`
}
