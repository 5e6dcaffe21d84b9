import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { ipxeProjectRoot } from '../../../src/artifact/inspect/ipxe/root-table.ts'
import { findScripts, loadedUrls } from '../../../src/artifact/inspect/ipxe/script.ts'
import { findVersion } from '../../../src/artifact/inspect/ipxe/version.ts'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'
import { makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import {
  bootScript,
  endpointHost,
  ipxeImage,
  type SiteIdentities,
  signedImage,
  siteIdentities,
} from '../support/images.ts'

let identities: SiteIdentities
before(async () => {
  identities = await siteIdentities()
})

describe('iPXE version', () => {
  for (const [name, text, version] of [
    ['a git build', '\0ipxe.efi\0iPXE\0\0\x001.21.1+ (g4bd064de)\0', '1.21.1+ (g4bd064de)'],
    [
      'a distribution’s build',
      '\0iPXE\0\0\x001.0.0+git-20190125.36a4c85-5.1\0\0',
      '1.0.0+git-20190125.36a4c85-5.1',
    ],
    ['a release', '\x002.0.0\0iPXE\0', '2.0.0'],
    ['the nearest of two', '\x009.9.9\0some words\0iPXE\0\x001.20.1\0', '1.20.1'],
    ['an SBAT line', 'sbat,1\nipxe,1,iPXE,ipxe.efi,2.0.0+ (gabcd),https://ipxe.org\n', '2.0.0+ (gabcd)'],
    ['no name beside it', '\x001.21.1+ (g4bd064de)\0', undefined],
    ['an address is no version', '\0iPXE\x00127.0.0.1\0', undefined],
  ] as const) {
    test(name, () => assert.equal(findVersion(text), version))
  }
})

describe('embedded scripts', () => {
  test('a script ends at the NUL behind it', () => {
    const [script, ...others] = findScripts(`\x01\x02#!ipxe\ndhcp\nshell\0\0#!ipxe\0#!gpxe\0`)
    assert.deepEqual(others, [])
    assert.equal(script?.offset, 2)
    assert.equal(script?.text, '#!ipxe\ndhcp\nshell')
  })

  test('without a NUL the last whole line ends it', () => {
    assert.equal(findScripts('#!ipxe\ndhcp\nshell\n@x\x01').at(0)?.text, '#!ipxe\ndhcp\nshell\n')
  })

  test('a magic inside a script begins no second one, and a file full of them ends the search', () => {
    assert.equal(findScripts('#!ipxe\necho #!ipxe \n\0').length, 1)
    assert.equal(findScripts('#!ipxe\n\0'.repeat(1000)).length, 16)
  })

  test('UTF-8 and colours survive', () => {
    const text = '#!ipxe\necho \x1b[1mGrüße\n'
    assert.equal(findScripts(Buffer.from(`${text}\0`).toString('latin1')).at(0)?.text, text)
  })

  for (const [name, script, urls] of [
    ['chain', '#!ipxe\nchain https://a.test/x', ['https://a.test/x']],
    [
      'options and alternatives',
      'chain --autofree --replace http://a/1 || chain http://b/2 && shell',
      ['http://a/1', 'http://b/2'],
    ],
    [
      'settings',
      `set base:string https://a.test/\${dir}\nchain \${base}/boot.ipxe`,
      [`https://a.test/\${dir}/boot.ipxe`],
    ],
    [
      'labels, comments and continued lines',
      ':top\n# chain http://no/\n:go chain \\\nhttp://a/x',
      ['http://a/x'],
    ],
    [
      'kernel and initrd',
      'kernel http://a/k quiet root=http://b/\ninitrd http://a/i',
      ['http://a/k', 'http://a/i'],
    ],
    ['each once', 'chain http://a/x || chain http://a/x', ['http://a/x']],
    ['no URL', 'dhcp\nchain boot.ipxe\necho http://a/', []],
  ] as const) {
    test(`addresses: ${name}`, () => assert.deepEqual(loadedUrls(script), urls))
  }
})

describe('what an iPXE build trusts', () => {
  test('version, HTTPS, script, certificate and root table of a whole image', () => {
    const { ipxe } = inspect(signedImage(identities))
    assert.equal(ipxe?.version, '1.21.1+ (g4bd064de)')
    assert.equal(ipxe?.https, true)
    assert.deepEqual(
      ipxe?.scripts.map(({ text, urls }) => ({ text, urls })),
      [{ text: bootScript, urls: [`https://${endpointHost}/tink-stack/boot.ipxe`] }],
    )
    assert.deepEqual(
      ipxe?.certificates.map(({ sha256, trusted }) => ({ sha256, trusted })),
      [{ sha256: identities.endpoint.sha256, trusted: true }],
    )
    assert.deepEqual(ipxe?.trustedRoots, [identities.endpoint.sha256])
  })

  test('the signer’s certificates are none of iPXE’s', () => {
    const { ipxe } = inspect(signedImage(identities))
    assert.equal(
      ipxe?.certificates.some(({ sha256 }) => sha256 === identities.db.sha256),
      false,
    )
  })

  for (const architecture of ['x64', 'arm64', 'ia32'] as const) {
    test(`the root table of ${architecture}, whose pointers have their own size`, () => {
      const trustedFingerprints = [ipxeProjectRoot, 'ab'.repeat(32)]
      const file = ipxeImage(identities.endpoint, { architecture, trustedFingerprints })
      assert.deepEqual(inspect(file).ipxe?.trustedRoots, [identities.endpoint.sha256, ...trustedFingerprints])
    })
  }

  test('without a table the fingerprint’s bytes in the file count', () => {
    const file = ipxeImage(identities.endpoint, { hideRootTable: true })
    const served = identities.endpoint.der
    const { ipxe, served: verdict } = inspect(file, { servedCertificate: served })
    assert.equal(ipxe?.trustedRoots, undefined)
    assert.equal(ipxe?.certificates[0]?.trusted, true)
    assert.equal(verdict?.trust, 'trusted')
    const stranger = inspect(file, { servedCertificate: identities.stranger.der })
    assert.equal(stranger.served?.trust, 'untrusted')
  })

  test('another program is not searched for iPXE’s things', () => {
    assert.equal(inspect(buildEfiImage()).ipxe, undefined)
  })
})

describe('is the served certificate trusted?', () => {
  const judge = (file: Buffer, served: Buffer) => inspect(file, { servedCertificate: served }).served?.trust

  test('the one built in', () => {
    assert.equal(judge(ipxeImage(identities.endpoint), identities.endpoint.der), 'trusted')
  })
  test('another self-signed one', () => {
    assert.equal(judge(ipxeImage(identities.endpoint), identities.stranger.der), 'untrusted')
  })
  test('one signed by an authority that is built in', async () => {
    const authority = await makeIdentity({ commonName: 'site CA', isAuthority: true, key: 'EC P-256' })
    const served = await makeIdentity({ commonName: endpointHost, issuer: authority, key: 'EC P-256' })
    assert.equal(judge(ipxeImage(authority), served.der), 'trusted')
    // An intermediate that the server sends might lead there: the file alone cannot tell.
    assert.equal(judge(ipxeImage(identities.endpoint), served.der), 'unknown')
  })
  test('no roots in sight', () => {
    const file = ipxeImage(identities.endpoint, { trusted: [], hideRootTable: true })
    assert.equal(judge(file, identities.endpoint.der), 'unknown')
  })
  test('only the iPXE project’s own root: public authorities perhaps, a self-signed one never', async () => {
    const file = ipxeImage(identities.endpoint, { trusted: [], trustedFingerprints: [ipxeProjectRoot] })
    assert.equal(judge(file, identities.endpoint.der), 'untrusted')
    const authority = await makeIdentity({ commonName: 'public CA', isAuthority: true, key: 'EC P-256' })
    const served = await makeIdentity({ commonName: endpointHost, issuer: authority, key: 'EC P-256' })
    assert.equal(judge(file, served.der), 'unknown')
  })
  test('something that is no certificate is not judged', () => {
    assert.equal(
      inspect(ipxeImage(identities.endpoint), { servedCertificate: Buffer.from('no') }).served,
      undefined,
    )
  })
})
