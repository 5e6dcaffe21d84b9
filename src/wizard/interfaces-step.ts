import { isInterfaceRule } from '../config/interface-rules.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import { indent, wrap } from '../ui/text.ts'
import { mark } from '../ui/theme.ts'
import { type Candidate, candidates, describeNic, ranked } from './candidates.ts'
import { describeHeard } from './describe-heard.ts'
import { type InitFlags, isRemote } from './flags.ts'
import type { InitSurroundings } from './surroundings.ts'

/**
 * Where nodes are: named by `--interface`, else chosen by a person who is shown what was heard on each.
 * @throws EmfPxeError INTERFACE_MISSING, ANSWER_MISSING
 */
export async function interfacesStep(
  flags: InitFlags,
  present: readonly string[],
  around: InitSurroundings,
): Promise<readonly string[]> {
  if (flags.interfaces === undefined) return await ask(present, around)
  if (isRemote(flags.target)) return flags.interfaces
  const nics = around.readNics()
  const chosen = flags.interfaces
    .filter((name) => !isInterfaceRule(name))
    .map((name) => requireNic(name, nics))
  const heard = await Promise.all(candidates(chosen).map((candidate) => hear(candidate, around)))
  for (const candidate of heard) tell(candidate, widthOf(heard), around)
  return flags.interfaces
}

function requireNic(name: string, nics: readonly NetworkInterface[]): NetworkInterface {
  const nic = nics.find((candidate) => candidate.name === name)
  if (nic !== undefined) return nic
  throw new EmfPxeError('INTERFACE_MISSING', {
    message: `There is no ${name} here. This machine has ${nics.map((other) => other.name).join(', ')}.`,
  })
}

async function ask(present: readonly string[], around: InitSurroundings): Promise<readonly string[]> {
  const { ui } = around
  if (!ui.prompts.interactive) return ui.prompts.selectMany({ ...question, choices: [] })
  const spinner = await ui.spinner('Asking on every NIC, as a booting node does (4 s)')
  const [facts, heard] = await Promise.all([
    around.introduce(),
    Promise.all(candidates(around.readNics()).map((candidate) => hear(candidate, around))),
  ])
  spinner.succeed(facts.summary === '' ? 'Network cards' : `Network cards of ${facts.summary}`)
  const list = ranked(heard)
  const width = widthOf(list)
  for (const candidate of list) tell(candidate, width, around)
  ui.note('')
  const known = present.filter((name) => list.some(({ nic }) => nic.name === name))
  const first = list.find(({ impossible }) => !impossible)?.nic.name
  return await ui.prompts.selectMany({
    ...question,
    choices: list.map((candidate) => ({
      value: candidate.nic.name,
      name: `${candidate.nic.name.padEnd(width)}  ${describeNic(candidate, facts)}`,
      ...(candidate.impossible ? { disabled: ' ' } : {}),
    })),
    initial: known.length > 0 ? known : first === undefined ? [] : [first],
  })
}

const question = { message: 'Where are the nodes?', flag: '--interface NIC' }

function widthOf(list: readonly Candidate[]): number {
  return Math.max(...list.map(({ nic }) => nic.name.length))
}

/** Only where an answer could come from; a NIC that is out of the question is not spoken to. */
async function hear(candidate: Candidate, around: InitSurroundings): Promise<Candidate> {
  const { nic, impossible } = candidate
  if (impossible || nic.kind === 'docker' || !nic.running || nic.addresses.length === 0) return candidate
  return { ...candidate, heard: await orAborted(around.listen(nic), around.abort) }
}

/** Who leaves does not wait for answers from the network. */
function orAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([task, left])
}

function tell({ nic, heard }: Candidate, width: number, { ui }: InitSurroundings): void {
  if (heard === undefined) return
  const margin = width + 6
  for (const [index, { outcome, text }] of describeHeard(heard).entries()) {
    const name = (index === 0 ? nic.name : '').padEnd(width)
    const [first, ...rest] = wrap(text, ui.sideCapabilities.columns - margin)
    ui.note(
      [
        `  ${name}  ${mark(ui.sideTheme, outcome)} ${first}`,
        ...rest.map((line) => indent(line, margin)),
      ].join('\n'),
    )
  }
}
