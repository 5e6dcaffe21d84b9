import { duplicateWithinMs } from './quirks.ts'
import type { OfferForm } from './types.ts'

/**
 * Which form of offer a node gets next. No form works for all firmware (`docs/adr/0003-offer-forms.md`):
 * a node that discovers again although we offered, and has fetched nothing since, gets the other
 * form; when it comes again, the first one, and so on.
 *
 * Alternating rather than settling, because there is an innocent reason to discover again: the site's
 * DHCP server is slow, and the node has no address yet. From here that looks the same as being
 * ignored. Alternating serves both, since edk2 keeps every offer of one attempt, retries included,
 * and prefers a direct one that it has understood: a second form can only add a way to boot.
 *
 * What a fetch proves is remembered: the boot server form if the node asked the boot server first,
 * else the direct form, whichever was sent last. So a slow DHCP server teaches us nothing wrong.
 */
export interface FormMemory {
  /** The last offer, until something comes of it. */
  readonly pending: PendingOffer | undefined
  /** What worked last. */
  readonly proven: { readonly form: OfferForm; readonly atMs: number } | undefined
}

interface PendingOffer {
  readonly form: OfferForm
  readonly atMs: number
  readonly askedBootServer: boolean
}

/** One attempt with all its retries takes 60 s; firmware that tries IPv6 and HTTP in between is back in 4 min [measured]. */
export const attemptWindowMs = 10 * 60_000

/** How long a form that worked is trusted: a firmware update may mend the firmware meanwhile. */
export const provenForMs = 24 * 60 * 60_000

export const noOffers: FormMemory = { pending: undefined, proven: undefined }

/** The form of an offer that the node has made nothing of so far; undefined when there is none, or it is long ago. */
export function pendingForm({ pending }: FormMemory, nowMs: number): OfferForm | undefined {
  return pending !== undefined && nowMs - pending.atMs < attemptWindowMs ? pending.form : undefined
}

/** The form for a DISCOVER that has just come in. */
export function nextForm(memory: FormMemory, nowMs: number): OfferForm {
  const { pending, proven } = memory
  const form = pendingForm(memory, nowMs)
  if (form !== undefined && pending !== undefined) {
    return nowMs - pending.atMs < duplicateWithinMs ? form : otherForm(form)
  }
  return proven !== undefined && nowMs - proven.atMs < provenForMs ? proven.form : 'direct'
}

export function offered(memory: FormMemory, form: OfferForm, nowMs: number): FormMemory {
  return { ...memory, pending: { form, atMs: nowMs, askedBootServer: false } }
}

export function askedBootServer(memory: FormMemory): FormMemory {
  const { pending } = memory
  return pending === undefined ? memory : { ...memory, pending: { ...pending, askedBootServer: true } }
}

/** The node took an offer. One that did so without asking the boot server has understood a direct one. */
export function taken(memory: FormMemory, nowMs: number): FormMemory {
  if (memory.pending === undefined) return memory
  const form = memory.pending.askedBootServer ? 'bootServer' : 'direct'
  return { pending: undefined, proven: { form, atMs: nowMs } }
}

function otherForm(form: OfferForm): OfferForm {
  return form === 'direct' ? 'bootServer' : 'direct'
}
