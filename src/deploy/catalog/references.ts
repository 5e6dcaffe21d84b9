import type { CatalogDocument } from '../catalog-rules.ts'
import { type CatalogViolation, violation } from './rule.ts'

interface Application {
  readonly name: string
  readonly version: string
  readonly helmRegistry: string
  readonly defaultProfile?: string
  readonly profiles: readonly { readonly name: string }[]
}

interface Package {
  readonly applications: readonly { readonly name: string; readonly version: string }[]
  readonly deploymentProfiles?: readonly {
    readonly name: string
    readonly applicationProfiles: readonly { readonly application: string; readonly profile: string }[]
  }[]
  readonly defaultProfile?: string
  readonly defaultNamespaces?: Readonly<Record<string, string>>
}

/** Names that point at something which is not there, in documents that are well formed on their own. */
export function referenceViolations(documents: readonly CatalogDocument[]): readonly CatalogViolation[] {
  const of = <T>(kind: CatalogDocument['specSchema']): readonly T[] =>
    documents.filter((document) => document.specSchema === kind) as readonly unknown[] as readonly T[]
  const applications = of<Application>('Application')
  const registries = of<{ readonly name: string }>('Registry').map((registry) => registry.name)
  return [
    ...applications.flatMap((application) => applicationReferences(application, registries)),
    ...of<Package>('DeploymentPackage').flatMap((bundle) => packageReferences(bundle, applications)),
  ]
}

function applicationReferences(
  application: Application,
  registries: readonly string[],
): readonly CatalogViolation[] {
  const profiles = application.profiles.map((profile) => profile.name)
  return [
    ...among('Application.helmRegistry', application.helmRegistry, registries, 'a Registry of this package'),
    ...unique('Application.profiles', profiles),
    ...(application.defaultProfile === undefined
      ? []
      : among('Application.defaultProfile', application.defaultProfile, profiles, 'one of its profiles')),
  ]
}

function packageReferences(
  bundle: Package,
  applications: readonly Application[],
): readonly CatalogViolation[] {
  const listed = bundle.applications.map((reference) => reference.name)
  const known = applications.map(({ name, version }) => `${name} ${version}`)
  const profiles = bundle.deploymentProfiles ?? []
  const profileNames = profiles.map((profile) => profile.name)
  return [
    ...bundle.applications.flatMap(({ name, version }, index) =>
      among(
        `DeploymentPackage.applications[${index}]`,
        `${name} ${version}`,
        known,
        'an Application of this package',
      ),
    ),
    ...unique('DeploymentPackage.deploymentProfiles', profileNames),
    ...profiles.flatMap((profile, index) =>
      profile.applicationProfiles.flatMap((pair, position) =>
        pairReferences(
          pair,
          `DeploymentPackage.deploymentProfiles[${index}].applicationProfiles[${position}]`,
          applications,
          listed,
        ),
      ),
    ),
    ...(bundle.defaultProfile === undefined
      ? []
      : among(
          'DeploymentPackage.defaultProfile',
          bundle.defaultProfile,
          profileNames,
          'one of its profiles',
        )),
    ...Object.entries(bundle.defaultNamespaces ?? {}).flatMap(([application, namespace]) => [
      ...among('DeploymentPackage.defaultNamespaces', application, listed, 'one of its applications'),
      // The catalog keeps `default` for Kubernetes itself.
      ...(namespace === 'default'
        ? [violation(`DeploymentPackage.defaultNamespaces.${application}`, namespace, 'another namespace')]
        : []),
    ]),
  ]
}

function pairReferences(
  { application, profile }: { readonly application: string; readonly profile: string },
  field: string,
  applications: readonly Application[],
  listed: readonly string[],
): readonly CatalogViolation[] {
  const target = applications.find((candidate) => candidate.name === application)
  const profiles = target?.profiles.map((candidate) => candidate.name) ?? []
  return [
    ...among(`${field}.application`, application, listed, 'one of its applications'),
    ...(target === undefined
      ? []
      : among(`${field}.profile`, profile, profiles, 'a profile of that application')),
  ]
}

function among(
  field: string,
  value: string,
  known: readonly string[],
  wanted: string,
): readonly CatalogViolation[] {
  return known.includes(value) ? [] : [violation(field, value, `${wanted} (${known.join(', ') || 'none'})`)]
}

function unique(field: string, names: readonly string[]): readonly CatalogViolation[] {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  return repeated === undefined ? [] : [violation(field, repeated, 'every name once')]
}
