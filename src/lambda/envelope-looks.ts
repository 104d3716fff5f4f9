/** How each source begins a body. Anchored, so that a long body is not searched. */
const ENVELOPES: readonly (readonly [pattern: RegExp, source: string, option: string])[] = [
  [
    /^\s*\{\s*"Type"\s*:\s*"(?:Notification|SubscriptionConfirmation|UnsubscribeConfirmation)"/,
    'SNS',
    "'sns'",
  ],
  [/^\s*\{\s*"version"\s*:\s*"0"\s*,\s*"id"/, 'EventBridge', "'eventbridge'"],
  [/^\s*\{\s*"Records"\s*:\s*\[\s*\{\s*"eventVersion"/, 'S3', "'s3'"],
  [/^\s*\[\s*"[\w.]*S3Pointer"/, 'the SQS extended client', "'s3', or a function that fetches it"],
]

/** How any of them begins: one look for most bodies, which are none. */
const ANY_ENVELOPE = /^\s*(?:\{\s*"(?:Type|version|Records)"|\[\s*"[\w.]*S3Pointer")/

/** Whose envelope a body looks like, and what the `envelope` option is for it. */
export interface Looks {
  readonly source: string
  readonly option: string
}

export function looksOf(body: string): Looks | undefined {
  if (!ANY_ENVELOPE.test(body)) return undefined
  const [, source, option] = ENVELOPES.find(([pattern]) => pattern.test(body)) ?? []
  return source === undefined || option === undefined ? undefined : { source, option }
}

/** What to do with a body that is not of the source that the `envelope` option says: `otherwise`, if it is of no other. */
export function otherEnvelope(body: string, asked: string, otherwise: string): string {
  const looks = looksOf(body)
  return looks && looks.source !== asked
    ? `it looks like an envelope of ${looks.source}: \`envelope: ${looks.option}\``
    : otherwise
}
