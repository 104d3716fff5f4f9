import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { EventBridgeEnvelope } from '../protocol/envelopes.ts'
import { memberText } from '../protocol/json-member.ts'
import { parseJson } from './body.ts'
import type { Opened } from './envelope.ts'
import { otherEnvelope } from './envelope-looks.ts'

/** @throws MessageInvalidError */
export function openEventBridge(body: string): Opened {
  const fields: Record<string, unknown> = Object(parseJson(body))
  const { id, source, account, region, time, resources, detail } = fields
  const { 'detail-type': detailType, 'replay-name': replayName } = fields
  if (typeof id !== 'string' || id === '' || typeof detailType !== 'string' || detail === undefined) {
    const remedy = otherEnvelope(
      body,
      'EventBridge',
      'where the rule has an input of its own (constant, path or transformer) leave the option out',
    )
    throw new MessageInvalidError(
      `its body is no event of EventBridge, which the \`envelope\` option asks for; ${remedy}`,
    )
  }
  const envelope: EventBridgeEnvelope = {
    id,
    source: String(source),
    detailType,
    account: String(account),
    region: String(region),
    time: String(time),
    resources: Array.isArray(resources) ? resources.map(String) : [],
    replayName: typeof replayName === 'string' ? replayName : undefined,
  }
  // The text as it came: parsed and written again it may not be the same.
  return { body: memberText(body, 'detail') ?? '', key: id, envelope }
}
