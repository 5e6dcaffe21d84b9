import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { signedImage, siteIdentities } from '../support/images.ts'

/** Scripts read this: a field that changes or goes needs a new schema number. */
test('the shape of a report as JSON', async () => {
  const identities = await siteIdentities()
  const context = { dbCertificates: [identities.db.der], servedCertificate: identities.endpoint.der }
  const report = inspect(signedImage(identities), context)
  const certificate = 'subject issuer names selfSigned sha256 validFromMs validUntilMs key signatureAlgorithm'
  assert.deepEqual(shapeOf(JSON.parse(JSON.stringify(report))), [
    'schema sizeBytes sha256 image authenticode ipxe served',
    'image: format machine architecture subsystem efiApplication neededBytes sections',
    'image.sections: name fileOffset sizeBytes',
    'authenticode: digests signatures db',
    'authenticode.digests: sha256',
    'authenticode.signatures: status detail digestAlgorithm signedDigest signer issuers trustedBy fileDigest',
    `authenticode.signatures.signer: ${certificate}`,
    `authenticode.db: ${certificate}`,
    'ipxe: version https scripts certificates trustedRoots',
    'ipxe.scripts: offset text urls',
    `ipxe.certificates: ${certificate} offset trusted`,
    `served: ${certificate} trust`,
  ])
  assert.equal(report.schema, 'emf-pxe/artifact/1')
})

/** The keys of every object, lists by their first element, outermost first. */
function shapeOf(value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value)) return shapeOf(value[0], path)
  if (typeof value !== 'object' || value === null) return []
  const keys = Object.keys(value).join(' ')
  const own = path.length === 0 ? keys : `${path.join('.')}: ${keys}`
  return [own, ...Object.entries(value).flatMap(([key, child]) => shapeOf(child, [...path, key]))]
}
