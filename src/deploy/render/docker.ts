import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { containerUser, type ReadTemplate, type RenderedFile, type RenderValues } from '../values.ts'
import { composeDocument } from './compose.ts'
import { fill } from './fill.ts'
import { configFile, sysctlFile } from './systemd.ts'

/** Configuration, kernel ceiling, image recipe and compose file. Pure. */
export function renderDocker(values: RenderValues, readTemplate: ReadTemplate): readonly RenderedFile[] {
  return [
    configFile(values),
    sysctlFile(values, readTemplate),
    dockerfile(values, readTemplate),
    composeFile(values),
  ]
}

function dockerfile(values: RenderValues, readTemplate: ReadTemplate): RenderedFile {
  const content = fill(readTemplate('docker/Dockerfile'), {
    version: values.version,
    user: String(containerUser),
    configFile: values.paths.configFile,
    stateDirectory: values.paths.stateDirectory,
  })
  const path = join(dirname(values.paths.configFile), 'docker', 'Dockerfile')
  return { name: 'Dockerfile', path, mode: 0o644, content }
}

function composeFile(values: RenderValues): RenderedFile {
  const content = `${composeHeading}${stringify(composeDocument(values), { lineWidth: 0 })}`
  return { name: 'compose.yaml', mode: 0o644, content }
}

/** The installation starts the same container by `docker run`; this is for people who work with compose. */
const composeHeading = `# The container that emf-pxe init --target docker starts, for Docker Compose.
# Put the emf-pxe binary beside this file, then: docker compose up --build --detach
`
