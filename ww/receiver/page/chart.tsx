import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { sayAge, sayNumber } from './words.ts'

const height = 140

type ChartProps = {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  /** The time that is shown, in milliseconds. */
  readonly from: number
  readonly to: number
  readonly now: number
}

/** One number over time. */
export function Chart({ name, points, from, to, now }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const range = useRef<[number, number]>([0, 1])
  range.current = [from / 1000, to / 1000]
  const newest = points.at(-1)

  useEffect(() => {
    const element = place.current
    if (!element) return
    // asked for at each drawing: light may turn to dark meanwhile
    const ink = (): string => getComputedStyle(element).color
    const axis = {
      stroke: ink,
      grid: { stroke: () => `color-mix(in srgb, ${ink()} 15%, transparent)` },
      ticks: { show: false },
    }
    const made = new uPlot(
      {
        ...{ width: element.clientWidth, height, legend: { show: false } },
        cursor: { y: false },
        scales: { x: { range: () => range.current } },
        series: [
          {},
          {
            stroke: () => getComputedStyle(element).borderTopColor,
            width: 2,
            points: { show: points.length < 3 },
          },
        ],
        axes: [
          { ...axis, size: 42 },
          { ...axis, size: 50, values: (_, values) => values.map(sayNumber) },
        ],
      },
      [[], []],
      element,
    )
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = (): void => made.redraw()
    scheme.addEventListener('change', redraw)
    return () => {
      observer.disconnect()
      scheme.removeEventListener('change', redraw)
      made.destroy()
    }
  }, [])

  useEffect(() => {
    plot.current?.setData([points.map(([at]) => at / 1000), points.map(([, value]) => value)])
  }, [points])

  return (
    <figure class="chart">
      <figcaption>
        {name}{' '}
        {newest && (
          <>
            <b>{sayNumber(newest[1])}</b> <span>{sayAge(newest[0], now)} ago</span>
          </>
        )}
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${name} over time, ${points.length} points`} />
    </figure>
  )
}
