import { stringify } from 'yaml'
import type { ConfigInput } from '../../config/schema.ts'
import { type ChartValues, overlay, ownValues, ownValuesFile, ownValuesName } from '../own-values.ts'
import type { ReadTemplate, RenderedFile, RenderValues } from '../values.ts'

/** Files of the chart, as they lie in `templates/helm/emf-pxe`. */
export const chartFiles = [
  '.helmignore',
  'Chart.yaml',
  'LICENSE',
  'README.md',
  'ci/daemonset-values.yaml',
  'ci/deployment-values.yaml',
  'templates/NOTES.txt',
  'templates/_config.tpl',
  'templates/_helpers.tpl',
  'templates/_pod.tpl',
  'templates/configmap.yaml',
  'templates/metrics.yaml',
  'templates/persistentvolumeclaim.yaml',
  'templates/poddisruptionbudget.yaml',
  'templates/secret.yaml',
  'templates/serviceaccount.yaml',
  'templates/tests/probe.yaml',
  'templates/workload.yaml',
  'values.schema.json',
  'values.yaml',
] as const

/** The chart and the values for this site. Pure. */
export function renderHelm(values: RenderValues, readTemplate: ReadTemplate): readonly RenderedFile[] {
  const site = { name: 'values.yaml', mode: 0o644, content: heading + yaml(chartValues(values)) }
  return [...chart(readTemplate), site, ...ownValuesOf(values)]
}

/** A token or a proxy's password may be in it. */
function ownValuesOf({ kubernetes, paths }: RenderValues): readonly RenderedFile[] {
  if (kubernetes.ownValues === undefined) return []
  const path = ownValuesFile(paths.configFile)
  return [{ name: ownValuesName, path, mode: 0o600, content: kubernetes.ownValues }]
}

/** All values that the release gets: those of this site, and the operator's own laid over them. */
export function releaseValues(values: RenderValues): ChartValues {
  const { ownValues: text } = values.kubernetes
  return text === undefined ? chartValues(values) : overlay(chartValues(values), ownValues(text))
}

/** The chart's own files, below `emf-pxe/`. */
export function chart(readTemplate: ReadTemplate): readonly RenderedFile[] {
  return chartFiles.map((file) => ({
    name: `emf-pxe/${file}`,
    mode: 0o644,
    content: readTemplate(`helm/emf-pxe/${file}`),
  }))
}

const heading = `# This site's values for the chart beside this file:
#   helm upgrade --install emf-pxe ./emf-pxe --namespace emf-pxe --values values.yaml
# Values of your own go into another file (--values of emf-pxe init), not into this one.
`

/** What a person decided, as values of the chart; fields that the chart has no value for go to `config`. */
export function chartValues({
  config,
  kubernetes,
  caCertificate,
}: RenderValues): Readonly<Record<string, unknown>> {
  const { interfaces, orchestrator = {}, version: _version, ...rest } = config
  // Files of this machine mean nothing in a pod; certificate and token travel as values and Secrets.
  const { caFile: _caFile, tokenFile: _tokenFile, proxy, ...portable } = orchestrator
  return {
    ...interfaceValues(interfaces),
    orchestrator: { ...portable, ...(caCertificate === undefined ? {} : { caCertificate }) },
    ...(proxy === undefined ? {} : { proxy: { httpsProxy: proxy } }),
    image: { repository: kubernetes.imageRepository, tag: kubernetes.imageTag },
    ...(Object.keys(rest).length === 0 ? {} : { config: rest }),
  }
}

function interfaceValues(interfaces: ConfigInput['interfaces']): Readonly<Record<string, unknown>> {
  const [only] = interfaces
  const plain = interfaces.length === 1 && only !== undefined && Object.keys(only).join() === 'name'
  return plain ? { interface: only.name } : { interfaces }
}

export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 })
}
