import { runDemo } from '../src/demo/run-demo.ts'
import { translateError } from '../src/errors/translate.ts'
import { tellStory } from '../src/observe/tell-story.ts'
import { detectCapabilities } from '../src/ui/capabilities.ts'
import { createTheme, mark } from '../src/ui/theme.ts'

/** `npm run demo`: a whole boot on loopback; `-- --firmware` does it with real firmware in namespaces (root). */
const theme = createTheme(detectCapabilities(process.stdout, process.env))
const startedAtMs = performance.now()

try {
  const demo = process.argv.includes('--firmware')
    ? (await import('./demo-firmware.ts')).runFirmwareDemo
    : runDemo
  const story = await demo(({ title, detail }) => {
    console.log(`${mark(theme, 'ok')} ${title.padEnd(20)} ${theme.dim(detail)}`)
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
