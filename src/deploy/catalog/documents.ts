import * as rule from './rule.ts'

/** Lower-case letters, digits and hyphens; the catalog counts the first and last character on their own. */
function name(longest: number): rule.Rule {
  const pattern = new RegExp(`^[a-z0-9][a-z0-9-]{0,${longest - 2}}[a-z0-9]?$`)
  return rule.text(`1 to ${longest} lower-case letters, digits and hyphens`, pattern, longest)
}

const version = rule.text(
  '1 to 20 lower-case letters, digits, dots and hyphens (no +)',
  /^[a-z0-9][a-z0-9.-]{0,18}[a-z0-9]?$/,
  20,
)
const description = rule.freeText(1000)
const displayName = rule.freeText(40)
const kind = rule.oneOf('normal', 'extension', 'addon')

/** Fields of every document. `description` is called optional in places, yet the import refuses without it. */
const common = (specSchema: string) => ({
  specSchema: rule.required(rule.oneOf(specSchema)),
  schemaVersion: rule.required(rule.oneOf('0.1')),
  $schema: rule.optional(rule.oneOf('https://schema.intel.com/catalog.orchestrator/0.1/schema')),
  description: rule.required(description),
  displayName: rule.optional(displayName),
})

const registry = rule.record({
  ...common('Registry'),
  name: rule.required(name(40)),
  type: rule.required(rule.oneOf('HELM', 'IMAGE')),
  rootUrl: rule.required(
    rule.text(
      'an http://, https:// or oci:// URL in lower case',
      /^(https?|oci):\/\/[a-z0-9-]+(.[a-z0-9-]+)+([/?][\w\-@:%.+~#?&/=]*)?$/,
      1000,
    ),
  ),
  inventoryUrl: rule.optional(rule.freeText(1000)),
  apiType: rule.optional(rule.freeText(16)),
  userName: rule.optional(rule.freeText(1000)),
  authToken: rule.optional(rule.freeText(4500)),
  caCerts: rule.optional(rule.freeText(16_384)),
})

/** A default fills in what nobody has to give; together with `mandatory` the form cannot be sent. */
const defaultOrMandatory: rule.Rule = (value, field) =>
  rule.isRecord(value) && value.mandatory === true && value.default !== undefined
    ? [rule.violation(`${field}.default`, value.default, 'no default where `mandatory` is true')]
    : []

const parameterTemplate = rule.both(
  rule.record({
    name: rule.required(
      rule.text('a path of the chart’s values, such as image.tag', /^[A-Za-z0-9\-/_[\].\\]+$/, 4096),
    ),
    displayName: rule.optional(rule.freeText(100)),
    type: rule.required(rule.oneOf('string', 'number', 'boolean')),
    default: rule.optional(rule.freeText(4096)),
    validator: rule.optional(rule.freeText(40)),
    suggestedValues: rule.optional(rule.list(rule.text('1 to 4096 characters', /./, 4096), 100)),
    mandatory: rule.optional(rule.trueOrFalse),
    secret: rule.optional(rule.trueOrFalse),
  }),
  defaultOrMandatory,
)

const deploymentRequirement = rule.record({
  name: rule.required(name(40)),
  version: rule.required(version),
  deploymentProfileName: rule.optional(rule.freeText(40)),
})

const profile = rule.record({
  name: rule.required(name(40)),
  displayName: rule.optional(displayName),
  description: rule.optional(description),
  valuesFileName: rule.required(rule.text('the name of a file beside the document', /^[\w.-]+$/, 255)),
  parameterTemplates: rule.optional(rule.list(parameterTemplate, 100)),
  deploymentRequirements: rule.optional(rule.list(deploymentRequirement, 100)),
})

const application = rule.record({
  ...common('Application'),
  name: rule.required(name(26)),
  version: rule.required(version),
  kind: rule.optional(kind),
  chartName: rule.required(rule.text('a chart’s name in lower case', /^[0-9a-z\-/]+$/, 200)),
  chartVersion: rule.required(
    rule.text(
      'a chart’s version, at most 53 characters',
      /^[a-zA-Z0-9][a-zA-Z0-9\-.+]{0,51}[a-zA-Z0-9]?$/,
      53,
    ),
  ),
  helmRegistry: rule.required(name(40)),
  imageRegistry: rule.optional(name(40)),
  profiles: rule.required(rule.list(profile, 50)),
  defaultProfile: rule.optional(name(40)),
  ignoredResources: rule.optional(
    rule.list(
      rule.record({
        name: rule.required(rule.freeText(63)),
        kind: rule.required(rule.freeText(63)),
        namespace: rule.optional(rule.freeText(63)),
      }),
      100,
    ),
  ),
})

const applicationProfile = rule.record({
  application: rule.required(name(26)),
  profile: rule.required(name(40)),
})

const deploymentPackage = rule.record({
  ...common('DeploymentPackage'),
  name: rule.required(name(40)),
  version: rule.required(version),
  kind: rule.optional(kind),
  applications: rule.required(
    rule.list(rule.record({ name: rule.required(name(26)), version: rule.required(version) }), 100),
  ),
  applicationDependencies: rule.optional(
    rule.list(rule.record({ name: rule.required(name(26)), requires: rule.required(name(26)) }), 100),
  ),
  deploymentProfiles: rule.optional(
    rule.list(
      rule.record({
        name: rule.required(name(40)),
        displayName: rule.optional(displayName),
        description: rule.optional(description),
        applicationProfiles: rule.required(rule.list(applicationProfile, 100)),
      }),
      50,
    ),
  ),
  defaultProfile: rule.optional(name(40)),
  defaultNamespaces: rule.optional(rule.textMap),
  namespaces: rule.optional(
    rule.list(
      rule.record({
        name: rule.required(name(40)),
        labels: rule.optional(rule.textMap),
        annotations: rule.optional(rule.textMap),
      }),
      50,
    ),
  ),
  isVisible: rule.optional(rule.trueOrFalse),
  isDeployed: rule.optional(rule.trueOrFalse),
  forbidsMultipleDeployments: rule.optional(rule.trueOrFalse),
})

export const documentRules: Readonly<Record<string, rule.Rule>> = {
  Registry: registry,
  Application: application,
  DeploymentPackage: deploymentPackage,
}
