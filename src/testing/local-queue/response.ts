/** Which messages of a batch leave the queue. */
export interface Verdict {
  /** Message ids that stay; everything else is deleted. */
  readonly failed: ReadonlySet<string>
  /** The whole batch shares one fate, and why; `undefined` when single messages failed. */
  readonly whole: { readonly success: boolean; readonly reason: string } | undefined
}

/**
 * Reads a function's response as the event source mapping does.
 *
 * With partial batch responses: an empty or absent list (or an empty or `null` response) is whole success. A response
 * that is not JSON, or an identifier that is unknown, empty, `null` or under another name, is whole failure. Other
 * shapes are not documented and count as whole failure here: a stand-in must never delete more than Lambda would.
 * Without partial batch responses the response is not read: everything is deleted.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function judgeResponse(
  payload: string,
  messageIds: readonly string[],
  reportBatchItemFailures: boolean,
): Verdict {
  if (!reportBatchItemFailures) return success('the response is not read')
  let response: unknown
  try {
    response = JSON.parse(payload)
  } catch {
    return failure(messageIds, 'the response is not JSON')
  }
  if (response === null) return success('empty response')
  if (typeof response !== 'object' || Array.isArray(response)) {
    return failure(messageIds, 'the response is not an object')
  }
  const list: unknown = 'batchItemFailures' in response ? response.batchItemFailures : undefined
  if (list === undefined || list === null) return success('no batchItemFailures')
  if (!Array.isArray(list)) return failure(messageIds, 'batchItemFailures is not a list')
  if (list.length === 0) return success('empty batchItemFailures')
  const known = new Set(messageIds)
  const failed = new Set<string>()
  for (const item of list as readonly unknown[]) {
    const id =
      item !== null && typeof item === 'object' && 'itemIdentifier' in item ? item.itemIdentifier : undefined
    if (typeof id !== 'string') return failure(messageIds, 'an entry without itemIdentifier')
    if (!known.has(id)) return failure(messageIds, 'an itemIdentifier that is not of this batch')
    failed.add(id)
  }
  return { failed, whole: undefined }
}

/** The verdict on a function error: a throw, a timeout, a crash. */
export function wholeFailure(messageIds: readonly string[], reason: string): Verdict {
  return failure(messageIds, reason)
}

function success(reason: string): Verdict {
  return { failed: new Set(), whole: { success: true, reason } }
}

function failure(messageIds: readonly string[], reason: string): Verdict {
  return { failed: new Set(messageIds), whole: { success: false, reason } }
}
