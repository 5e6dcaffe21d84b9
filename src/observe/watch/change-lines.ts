import { escapeText } from '../../ui/text.ts'
import type { Theme } from '../../ui/theme.ts'
import type { LiveMessage, LiveSite, LiveStory } from '../live/snapshot.ts'
import { matches, type WatchFilter } from './model.ts'
import { clockTime, remedy, standing } from './words.ts'

const mostRemembered = 5_000

/**
 * For a pipe: one line for each change that matters, none for mere progress. After a reconnect only
 * what changed in between is told.
 */
export class ChangeLines {
  readonly #filter: WatchFilter
  readonly #theme: Theme
  readonly #told = new Map<string, string>()
  readonly #problems = new Set<string>()
  #begun = false

  constructor(filter: WatchFilter, theme: Theme) {
    this.#filter = filter
    this.#theme = theme
  }

  of(message: LiveMessage): string[] {
    if (message.type === 'alive') return []
    if (message.type === 'changes')
      return [...this.#siteLines(message.site, message.atMs), ...this.#storyLines(message.stories)]
    const { snapshot } = message
    const before = this.#begun ? [] : snapshot.stories.filter(({ outcome }) => outcome !== 'booting')
    for (const story of before) this.#remember(story)
    this.#begun = true
    return [...this.#siteLines(snapshot, snapshot.atMs), ...this.#storyLines(snapshot.stories.toReversed())]
  }

  #storyLines(stories: readonly LiveStory[]): string[] {
    return stories
      .filter((story) => this.#remember(story) && matches(story, this.#filter))
      .map((story) => this.#line(story))
  }

  /** True when it stands otherwise than last told. */
  #remember(story: LiveStory): boolean {
    const { id, stage, outcome, diagnosis, downloads } = story
    const now = `${stage} ${outcome} ${diagnosis?.code ?? ''} ${downloads}`
    if (this.#told.get(id) === now) return false
    this.#told.delete(id)
    this.#told.set(id, now)
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= mostRemembered) break
      this.#told.delete(oldest)
    }
    return true
  }

  #line(story: LiveStory): string {
    const { lastAtMs, mac, architecture, address, outcome } = story
    const who = [mac, architecture, address].filter((part) => part !== undefined).join(' ')
    const todo = remedy(story)
    const { arrow } = this.#theme.symbols
    return `${clockTime(lastAtMs)}  ${who}  ${outcome}: ${standing(story)}${todo === undefined ? '' : `  ${arrow} ${todo}`}`
  }

  #siteLines(site: LiveSite | undefined, atMs: number): string[] {
    if (site === undefined) return []
    const now = new Map(site.problems.map((problem) => [problem.sentence, problem]))
    const over = [...this.#problems].filter((sentence) => !now.has(sentence))
    const fresh = [...now.values()].filter(({ sentence }) => !this.#problems.has(sentence))
    this.#problems.clear()
    for (const sentence of now.keys()) this.#problems.add(sentence)
    const { arrow } = this.#theme.symbols
    return [
      ...over.map((sentence) => `${clockTime(atMs)}  no longer: ${escapeText(sentence)}`),
      ...fresh.map(
        ({ severity, sentence, remedy: todo }) =>
          `${clockTime(atMs)}  ${severity}: ${escapeText(sentence)}  ${arrow} ${escapeText(todo)}`,
      ),
    ]
  }
}
