import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cache.ts'

const top = '/sys/fs/cgroup'

/** A control group with all that starts below it: under it are the pods of one node. */
export class ControlGroup {
  readonly name: string
  readonly #places: readonly string[]

  constructor(name: string) {
    this.name = name
    this.#places = hierarchies().map((hierarchy) => join(hierarchy, name))
    for (const place of this.#places) mkdirSync(place)
  }

  /** Its processes have ended: what is left are empty directories. */
  close(): void {
    for (const place of this.#places)
      if (existsSync(place)) run('find', [place, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'])
  }
}

/** One directory for each controller in version 1; the only one of version 2, its controllers passed on. */
function hierarchies(): readonly string[] {
  const controllers = join(top, 'cgroup.controllers')
  if (!existsSync(controllers))
    return readdirSync(top)
      .map((name) => join(top, name))
      .filter((directory) => existsSync(join(directory, 'cgroup.procs')))
  writeFileSync(join(top, 'cgroup.subtree_control'), '+cpu +cpuset +memory +pids')
  return [top]
}
