import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { drawChart } from '../ww/chart/draw.ts'
import { drawSettings } from '../ww/config/settings-table.ts'
import { lifecycleChart } from '../ww/lifecycle/chart.ts'

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8')

describe('the README', () => {
  it('shows the chart of the lifecycle as it is', () => {
    expect(readme).to.contain(`\`\`\`mermaid\n${drawChart(lifecycleChart)}\`\`\``)
  })

  it('shows every setting with its default', () => {
    expect(readme).to.contain(`\n${drawSettings()}`)
  })
})
