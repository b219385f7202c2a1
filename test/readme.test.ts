import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { drawChart } from '../ww/chart/draw.ts'
import { formatSettings } from '../ww/config/settings-text.ts'
import { lifecycleChart } from '../ww/lifecycle/chart.ts'
import { serviceChart } from '../ww/lifecycle/service-chart.ts'
import { targetChart } from '../ww/supervisor/target/chart.ts'

const read = (path: string): string => readFileSync(resolve(import.meta.dirname, '..', path), 'utf8')
const readme = read('README.md')

describe('the README', () => {
  it('shows the chart of the lifecycle as it is', () => {
    expect(readme).to.contain(`\`\`\`mermaid\n${drawChart(lifecycleChart)}\`\`\``)
  })

  it('shows every setting with its default', () => {
    expect(readme).to.contain(`\n${formatSettings()}`)
  })
})

describe('docs/supervisor.md', () => {
  it('shows the chart of a target as it is', () => {
    expect(read('docs/supervisor.md')).to.contain(`\`\`\`mermaid\n${drawChart(targetChart)}\`\`\``)
  })
})

describe('docs/services.md', () => {
  it('shows the chart of a service as it is', () => {
    expect(read('docs/services.md')).to.contain(`\`\`\`mermaid\n${drawChart(serviceChart)}\`\`\``)
  })
})
