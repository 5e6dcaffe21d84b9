import { runDemo } from '../src/demo/run-demo.ts'
import { translateError } from '../src/errors/translate.ts'
import { tellStory } from '../src/observe/tell-story.ts'
import { detectCapabilities } from '../src/ui/capabilities.ts'
import { indent, wrap } from '../src/ui/text.ts'
import { createTheme, mark } from '../src/ui/theme.ts'

/** `npm run demo`: a whole boot on loopback; `-- --firmware` does it with real firmware in namespaces (root). */
const capabilities = detectCapabilities(process.stdout, process.env)
const theme = createTheme(capabilities)
const titleWidth = 20
/** A mark and a space before the title, a space behind it. */
const detailColumn = titleWidth + 3
const startedAtMs = performance.now()

try {
  const demo = process.argv.includes('--firmware')
    ? (await import('./demo-firmware.ts')).runFirmwareDemo
    : runDemo
  const story = await demo(({ title, detail }) => {
    const [first = '', ...more] = wrap(detail, capabilities.columns - detailColumn)
    console.log(`${mark(theme, 'ok')} ${title.padEnd(titleWidth)} ${theme.dim(first)}`)
    for (const line of more) console.log(indent(theme.dim(line), detailColumn))
  })
  console.log(`\nThe boot story, as the service saw it:\n\n${tellStory(story, theme, Date.now())}\n`)
  console.log(`A node booted in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.`)
} catch (error) {
  const problem = translateError(error)
  console.error(
    `${mark(theme, 'failure')} ${problem.code}: ${problem.message}\n  ${theme.symbols.arrow} ${problem.hint}`,
  )
  process.exit(problem.exitCode)
}
