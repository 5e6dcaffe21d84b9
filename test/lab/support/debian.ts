import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, labCache, run } from './cache.ts'

/**
 * Unpacks a Debian package into the lab's cache and returns that directory. Nothing is installed.
 * `suite` names a release other than the machine's own; apt then works on lists of its own, from the
 * mirror that the machine is set to.
 */
export function unpackedPackage(packageName: string, suite?: string): string {
  return cached(`package-${packageName}${suite === undefined ? '' : `-${suite}`}`, (directory) => {
    const wanted = suite === undefined ? packageName : `${packageName}/${suite}`
    run('apt-get', [...(suite === undefined ? [] : privateLists(suite)), 'download', wanted], directory)
    const [archive] = run('find', [directory, '-name', '*.deb']).trim().split('\n')
    if (archive === undefined || archive === '')
      throw new Error(`apt-get download ${packageName} left no file`)
    run('dpkg', ['-x', archive, directory])
    run('rm', [archive])
  })
}

/** Name of the kernel package that a metapackage such as `linux-image-cloud-amd64` stands for. */
export function dependencyOf(metapackage: string): string {
  const record = run('apt-cache', ['show', '--no-all-versions', metapackage])
  const dependency = /^Depends:\s*([^\s,]+)/m.exec(record)?.[1]
  if (dependency === undefined) throw new Error(`${metapackage} depends on nothing: run apt-get update?`)
  return dependency
}

/** Options that point apt at lists of our own for one release, freshly updated. */
function privateLists(suite: string): string[] {
  const home = join(labCache, `apt-${suite}`)
  for (const directory of ['lists/partial', 'cache/archives/partial', 'parts'])
    mkdirSync(join(home, directory), { recursive: true })
  writeFileSync(
    join(home, 'list.sources'),
    `Types: deb\nURIs: ${mirror()}\nSuites: ${suite}\nComponents: main\n` +
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  )
  const options = [
    `Dir::Etc::sourcelist=${home}/list.sources`,
    `Dir::Etc::sourceparts=${home}/parts`,
    `Dir::State::lists=${home}/lists`,
    `Dir::Cache=${home}/cache`,
  ].flatMap((option) => ['-o', option])
  run('apt-get', [...options, 'update'])
  return options
}

/** The Debian mirror that this machine's apt uses. */
export function mirror(): string {
  const targets = run('apt-get', ['indextargets', '--format', '$(SITE) $(ORIGIN)', 'Created-By: Packages'])
  const site = targets.split('\n').find((line) => /\/debian\/? Debian$/.test(line))
  if (site === undefined) throw new Error('apt has no Debian mirror: run apt-get update')
  return site.split(' ')[0] ?? ''
}
