import { createHash } from 'node:crypto'
import type { DeployHost } from '../host.ts'
import type { DesiredCommand } from '../plan.ts'
import { imageName } from '../render/compose.ts'
import type { SpecInput } from './target.ts'
import { named, yesNo } from './tools.ts'

/** As the Dockerfile says. */
const baseImage = 'debian:bookworm-slim'
const stageLabel = 'emf-pxe.stage=grant'
/** Of the image: what it was made of. */
const recipeLabel = 'emf-pxe.recipe'
const buildTimeoutMs = 600_000

/** Facts `image-recipe`, when the image of this version is here, and `base-exists`. */
export async function observeImages(host: DeployHost, version: string): Promise<[string, string][]> {
  const inspect = (image: string, format: string) =>
    host.run(['docker', 'image', 'inspect', '--format', format, image])
  const image = await inspect(imageName(version), `{{index .Config.Labels "${recipeLabel}"}}`)
  const base = await inspect(baseImage, '{{.Id}}')
  return [
    ...(image.exitCode === 0 ? ([['image-recipe', image.stdout.trim()]] as [string, string][]) : []),
    ['base-exists', yesNo(base.exitCode === 0)],
  ]
}

/**
 * Builds the image, unless the very same is here: built before, or carried here where nothing can be
 * pulled. An uninstallation takes it away in any case.
 */
export function imageCommands(input: SpecInput): readonly DesiredCommand[] {
  const build = buildImage(input)
  if (!isHere(input)) return [build, forgetStage]
  const { run: _run, ...kept } = build
  return [{ ...kept, restore: [] }]
}

/** Before it is tried: on a site without internet the pull would fail after a minute of waiting. */
export function baseNotes(input: SpecInput): readonly string[] {
  if (isHere(input) || input.facts.get('base-exists') === 'yes') return []
  return [
    `The image is built on ${baseImage}, which Docker will pull. On a site without internet, first:`,
    `  docker save ${baseImage} >base.tar    where there is internet, then here: docker load <base.tar`,
    '',
  ]
}

function isHere(input: SpecInput): boolean {
  return input.facts.get('image-recipe') === recipe(input)
}

/** Program and Dockerfile: the same on every site, unless its paths are others. */
function recipe({ files, program }: SpecInput): string {
  const text = String(named(files, 'Dockerfile').content)
  return createHash('sha256').update(`${program?.sha256}\n${text}`).digest('hex')
}

function buildImage(input: SpecInput): DesiredCommand {
  const { values, files, program } = input
  const image = imageName(values.version)
  const label = `--label=${recipeLabel}=${recipe(input)}`
  return {
    kind: 'command',
    id: 'build',
    title: `docker build --tag ${image}`,
    // Nothing in it needs a network, and a host may have none for builds.
    run: ['docker', 'build', '--network=none', label, '--tag', image, '.'],
    undo: ['docker', 'image', 'rm', '--force', image],
    unless: 'image-current',
    timeoutMs: buildTimeoutMs,
    workplace: [
      { name: 'Dockerfile', content: { text: String(named(files, 'Dockerfile').content) }, mode: 0o644 },
      ...(program === undefined
        ? []
        : [
            {
              name: 'emf-pxe',
              content: { copyOf: program.path, sha256: program.sha256, sizeBytes: program.sizeBytes },
              mode: 0o755,
            },
          ]),
    ],
  }
}

/** Without BuildKit the first stage stays behind as an image without a name, as large as two programs. */
const forgetStage: DesiredCommand = {
  kind: 'command',
  id: 'forget-stage',
  title: 'docker image prune (of this build alone)',
  run: ['docker', 'image', 'prune', '--force', '--filter', `label=${stageLabel}`],
  unless: 'stage-forgotten',
  optional: true,
}
