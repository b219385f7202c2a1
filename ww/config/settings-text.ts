import type { JsonValue } from './json.ts'
import { joinKeys } from './problem.ts'
import { listSettings } from './read-settings.ts'
import { anyName } from './section.ts'

/** The table of settings as the README shows it; those without effect are left out. */
export function formatSettings(): string {
  const rows = listSettings()
    .filter(({ obsolete }) => !obsolete)
    .map(
      ({ keys, fallback, description }) =>
        `| \`ww.${keys.join('.')}\` | ${formatCell(fallback)} | ${description} |`,
    )
  return ['| setting | default | description |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

/** The key paths of all settings and their sections, for completion. */
export function listSettingPaths(): string[] {
  const paths = listSettings()
    .filter(({ obsolete }) => !obsolete)
    // of the names of an author's own, the one that most images have
    .map(({ keys }) => keys.map((key) => (key === anyName ? 'serve' : key)))
    .flatMap((keys) => keys.map((_, index) => joinKeys(['ww', ...keys.slice(0, index + 1)])))
  return [...new Set(['ww', ...paths])]
}

function formatCell(fallback: JsonValue): string {
  if (fallback === null) return ''
  return `\`${typeof fallback === 'string' ? fallback || '""' : JSON.stringify(fallback)}\``
}
