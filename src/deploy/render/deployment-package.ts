import { stringify } from 'yaml'
import type { ConfigInput } from '../../config/schema.ts'
import { assertCatalogRules, type CatalogDocument } from '../catalog-rules.ts'
import { tarGz } from '../tar.ts'
import type { ReadTemplate, RenderedFile, RenderValues } from '../values.ts'
import { chart, releaseValues, yaml } from './helm.ts'

const schema = 'https://schema.intel.com/catalog.orchestrator/0.1/schema'
const application = 'emf-pxe'
const registry = 'emf-pxe-charts'
const profile = 'default'

/**
 * What the orchestrator's application catalog imports: the YAML documents as a directory and as
 * one archive, and the chart as the archive that its registry takes. Throws PACKAGE_INVALID when
 * a value would be refused there. Pure.
 */
export function renderDeploymentPackage(
  values: RenderValues,
  readTemplate: ReadTemplate,
): readonly RenderedFile[] {
  const files = packageFiles(values)
  const version = values.version
  return [
    ...files.map((file) => ({ ...file, name: `deployment-package/${file.name}` })),
    {
      name: packageArchiveName(version),
      mode: 0o644,
      content: tarGz(files),
    },
    { name: `emf-pxe-${version}.tgz`, mode: 0o644, content: tarGz(chart(readTemplate)) },
  ]
}

export function packageArchiveName(version: string): string {
  return `emf-pxe-deployment-package-${version}.tar.gz`
}

/** The four files of the package: three documents and the values file that one of them names. */
export function packageFiles(values: RenderValues): readonly RenderedFile[] {
  const documents = packageDocuments(values)
  assertCatalogRules(documents)
  const named = documents.map((document) => ({
    name: fileNames[document.specSchema],
    mode: 0o644,
    content: `---\n${documentText(document)}`,
  }))
  return [...named, { name: 'values.yaml', mode: 0o644, content: yaml(releaseValues(values)) }]
}

/** Quoted throughout: the catalog's own checker recognises its documents by the quoted `$schema`. */
function documentText(document: CatalogDocument): string {
  return stringify(document, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })
}

const fileNames = {
  Registry: 'registry.yaml',
  Application: 'application.yaml',
  DeploymentPackage: 'deployment-package.yaml',
} as const

function heading<const Kind extends CatalogDocument['specSchema']>(specSchema: Kind) {
  return { specSchema, schemaVersion: '0.1', $schema: schema } as const
}

function packageDocuments({ version, kubernetes, config }: RenderValues): readonly CatalogDocument[] {
  return [
    {
      ...heading('Registry'),
      name: registry,
      description: 'Where the chart of the on-site PXE server is kept',
      type: 'HELM',
      rootUrl: kubernetes.chartRegistry,
    },
    {
      ...heading('Application'),
      name: application,
      version,
      displayName: 'On-site PXE server',
      description: 'Answers machines that boot from the network, beside the DHCP server of the site',
      helmRegistry: registry,
      chartName: 'emf-pxe',
      chartVersion: version,
      profiles: [
        {
          name: profile,
          displayName: 'Default',
          valuesFileName: 'values.yaml',
          parameterTemplates: siteParameters(config, kubernetes.imageRepository),
        },
      ],
      defaultProfile: profile,
    },
    {
      ...heading('DeploymentPackage'),
      name: 'emf-pxe',
      version,
      displayName: 'On-site PXE server',
      description: 'PXE server for sites whose machines are provisioned by this orchestrator',
      applications: [{ name: application, version }],
      deploymentProfiles: [
        {
          name: profile,
          displayName: 'Default',
          applicationProfiles: [{ application, profile }],
        },
      ],
      defaultProfile: profile,
      defaultNamespaces: { [application]: kubernetes.namespace },
      // hostNetwork is refused where a cluster enforces Pod Security, unless the namespace says so.
      namespaces: [
        { name: kubernetes.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      ],
      // Two releases on one cluster would fight for the same ports of the same nodes.
      forbidsMultipleDeployments: true,
    },
  ]
}

/** What differs from site to site is asked when the package is deployed. */
function siteParameters({ interfaces, orchestrator }: ConfigInput, imageRepository: string) {
  const fqdn = orchestrator?.fqdn
  return [
    {
      name: 'interface',
      displayName: 'Network card to answer on: a name, a network such as 10.20.0.0/24, or default-route',
      type: 'string',
      default: interfaces.length === 1 && interfaces[0] !== undefined ? interfaces[0].name : 'default-route',
      suggestedValues: ['default-route', 'eth0', 'eth1', 'eno1'],
    },
    {
      name: 'orchestrator.fqdn',
      displayName: 'Domain of the orchestrator',
      type: 'string',
      // The catalog refuses a default for what must be given.
      ...(fqdn === undefined ? { mandatory: true } : { default: fqdn }),
    },
    {
      name: 'orchestrator.trustFingerprint',
      displayName: 'SHA-256 fingerprint of the endpoint’s certificate, when it has no public CA',
      type: 'string',
      default: '',
    },
    {
      name: 'proxy.httpsProxy',
      displayName: 'Proxy on the way to the orchestrator, http://HOST:PORT',
      type: 'string',
      default: orchestrator?.proxy ?? '',
    },
    {
      name: 'image.repository',
      displayName: 'Container image, without its tag',
      type: 'string',
      default: imageRepository,
    },
  ]
}
