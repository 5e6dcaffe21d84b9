import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { catalogViolations } from '../../src/deploy/catalog-rules.ts'
import { packageFiles } from '../../src/deploy/render/deployment-package.ts'
import { sampleValues } from './support.ts'

/** Fresh copies of the three documents, as they would be read back by the catalog. */
function documents(): Documents {
  const [registry, application, deploymentPackage] = packageFiles(sampleValues)
    .filter((file) => file.name !== 'values.yaml')
    .map((file) => parse(String(file.content)))
  return { registry, application, deploymentPackage }
}

type Fields = Record<string, unknown>
interface Documents {
  registry: Fields
  application: Fields
  deploymentPackage: Fields
}

const first = (list: unknown): Fields => (list as Fields[])[0] ?? {}
const profile = (all: Documents) => first(all.application.profiles)
const parameter = (all: Documents) => first(profile(all).parameterTemplates)
const deploymentProfile = (all: Documents) => first(all.deploymentPackage.deploymentProfiles)
const pair = (all: Documents) => first(deploymentProfile(all).applicationProfiles)

/** One row per rule: what is broken, and the field that the message must name. */
const rows: readonly [name: string, breakIt: (all: Documents) => void, field: string][] = [
  ['an unknown kind of document', (a) => (a.registry.specSchema = 'Chart'), 'document 1: specSchema'],
  ['another schema version', (a) => (a.registry.schemaVersion = '0.2'), 'Registry.schemaVersion'],
  [
    'a version that YAML reads as a number',
    (a) => (a.registry.schemaVersion = 0.1),
    'Registry.schemaVersion',
  ],
  ['another schema', (a) => (a.registry.$schema = 'https://example.com'), 'Registry.$schema'],
  ['no description', (a) => delete a.application.description, 'Application.description'],
  ['a description of 1001', (a) => (a.application.description = 'x'.repeat(1001)), 'Application.description'],
  ['a field at the top that is not known', (a) => (a.application.icon = 'x'), 'Application.icon'],
  [
    'defaultProfileName, as published examples have it',
    (a) => (a.deploymentPackage.defaultProfileName = 'default'),
    'DeploymentPackage.defaultProfileName',
  ],
  [
    'dependencies with dependsOn',
    (a) => (a.deploymentPackage.applicationDependencies = [{ application: 'a', dependsOn: 'b' }]),
    'DeploymentPackage.applicationDependencies[0].application',
  ],
  ['a registry name of 41', (a) => (a.registry.name = 'a'.repeat(41)), 'Registry.name'],
  ['a registry in capitals', (a) => (a.registry.name = 'Charts'), 'Registry.name'],
  ['a registry type in small letters', (a) => (a.registry.type = 'helm'), 'Registry.type'],
  ['a root URL by ftp', (a) => (a.registry.rootUrl = 'ftp://registry.example.com'), 'Registry.rootUrl'],
  ['a root URL in capitals', (a) => (a.registry.rootUrl = 'oci://Registry.example.com'), 'Registry.rootUrl'],
  ['an application name of 27', (a) => (a.application.name = 'a'.repeat(27)), 'Application.name'],
  ['an application name that begins with a hyphen', (a) => (a.application.name = '-a'), 'Application.name'],
  ['a version of 21', (a) => (a.application.version = '1'.repeat(21)), 'Application.version'],
  ['a version with a plus', (a) => (a.application.version = '1.0+b'), 'Application.version'],
  ['a display name of 41', (a) => (a.application.displayName = 'x'.repeat(41)), 'Application.displayName'],
  ['no chart name', (a) => delete a.application.chartName, 'Application.chartName'],
  ['a chart version of 54', (a) => (a.application.chartVersion = '1'.repeat(54)), 'Application.chartVersion'],
  ['no registry', (a) => delete a.application.helmRegistry, 'Application.helmRegistry'],
  ['a kind that is none', (a) => (a.application.kind = 'system'), 'Application.kind'],
  ['profiles that are no list', (a) => (a.application.profiles = {}), 'Application.profiles'],
  [
    'a profile without a values file',
    (a) => delete profile(a).valuesFileName,
    'Application.profiles[0].valuesFileName',
  ],
  [
    'a values file in another directory',
    (a) => (profile(a).valuesFileName = '../values.yaml'),
    'Application.profiles[0].valuesFileName',
  ],
  [
    'a field of a profile that is not known',
    (a) => (profile(a).values = {}),
    'Application.profiles[0].values',
  ],
  [
    'a parameter with a space',
    (a) => (parameter(a).name = 'a b'),
    'Application.profiles[0].parameterTemplates[0].name',
  ],
  [
    'a parameter of type integer',
    (a) => (parameter(a).type = 'integer'),
    'Application.profiles[0].parameterTemplates[0].type',
  ],
  [
    'a default that is no text',
    (a) => (parameter(a).default = 5),
    'Application.profiles[0].parameterTemplates[0].default',
  ],
  [
    'a default for what must be given',
    (a) => (parameter(a).mandatory = true),
    'Application.profiles[0].parameterTemplates[0].default',
  ],
  [
    'mandatory as a text',
    (a) => (parameter(a).mandatory = 'yes'),
    'Application.profiles[0].parameterTemplates[0].mandatory',
  ],
  [
    'an empty suggested value',
    (a) => (parameter(a).suggestedValues = ['']),
    'Application.profiles[0].parameterTemplates[0].suggestedValues[0]',
  ],
  ['a package name of 41', (a) => (a.deploymentPackage.name = 'a'.repeat(41)), 'DeploymentPackage.name'],
  ['no applications', (a) => delete a.deploymentPackage.applications, 'DeploymentPackage.applications'],
  [
    'an application reference without a version',
    (a) => (a.deploymentPackage.applications = [{ name: 'emf-pxe' }]),
    'DeploymentPackage.applications[0].version',
  ],
  [
    'an application profile as a map',
    (a) => (deploymentProfile(a).applicationProfiles = { 'emf-pxe': 'default' }),
    'DeploymentPackage.deploymentProfiles[0].applicationProfiles',
  ],
  [
    'a label that is no text',
    (a) => (a.deploymentPackage.namespaces = [{ name: 'n', labels: { a: true } }]),
    'DeploymentPackage.namespaces[0].labels.a',
  ],
  [
    'forbidsMultipleDeployments as a text',
    (a) => (a.deploymentPackage.forbidsMultipleDeployments = 'true'),
    'DeploymentPackage.forbidsMultipleDeployments',
  ],
  [
    'a registry that is not in the package',
    (a) => (a.application.helmRegistry = 'other'),
    'Application.helmRegistry',
  ],
  [
    'a default profile that does not exist',
    (a) => (a.application.defaultProfile = 'other'),
    'Application.defaultProfile',
  ],
  [
    'the same profile twice',
    (a) => (a.application.profiles = [profile(a), profile(a)]),
    'Application.profiles',
  ],
  [
    'an application of another version',
    (a) => (a.deploymentPackage.applications = [{ name: 'emf-pxe', version: '9' }]),
    'DeploymentPackage.applications[0]',
  ],
  [
    'a profile of an application that does not exist',
    (a) => (pair(a).profile = 'other'),
    'DeploymentPackage.deploymentProfiles[0].applicationProfiles[0].profile',
  ],
  [
    'a profile for an application that is not listed',
    (a) => (pair(a).application = 'other'),
    'DeploymentPackage.deploymentProfiles[0].applicationProfiles[0].application',
  ],
  [
    'a default deployment profile that does not exist',
    (a) => (a.deploymentPackage.defaultProfile = 'other'),
    'DeploymentPackage.defaultProfile',
  ],
  [
    'a namespace for an application that is not listed',
    (a) => (a.deploymentPackage.defaultNamespaces = { other: 'n' }),
    'DeploymentPackage.defaultNamespaces',
  ],
  [
    'the namespace default',
    (a) => (a.deploymentPackage.defaultNamespaces = { 'emf-pxe': 'default' }),
    'DeploymentPackage.defaultNamespaces.emf-pxe',
  ],
]

test('the documents that we write break no rule', () => {
  assert.deepEqual(catalogViolations(Object.values(documents())), [])
})

for (const [name, breakIt, field] of rows) {
  test(`the catalog refuses ${name}`, () => {
    const all = documents()
    breakIt(all)
    const fields = catalogViolations(Object.values(all)).map((found) => found.field)
    assert.equal(fields[0], field)
    // Everything else that is said belongs to the same value.
    const parent = field.slice(0, field.lastIndexOf('.'))
    assert.ok(
      fields.every((other) => other.startsWith(parent)),
      fields.join(', '),
    )
  })
}

test('every violation is told at once', () => {
  const all = documents()
  all.registry.type = 'x'
  all.application.name = 'X'
  assert.equal(catalogViolations(Object.values(all)).length, 2)
})

test('a null document is refused, not fatal', () => {
  assert.equal(catalogViolations([null])[0]?.field, 'document 1: specSchema')
})
