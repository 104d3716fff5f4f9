/**
 * The few calls of SNS that tests make, as its Query API takes them: the embedded server speaks it beside SQS, and the
 * SDK's client would be one more dependency.
 */
export interface Sns {
  /** @returns its ARN */
  createTopic(name: string): Promise<string>
  /** `raw`: the queue gets the message alone, without an envelope. */
  subscribe(topicArn: string, queueArn: string, raw?: boolean): Promise<void>
  publish(
    topicArn: string,
    message: string,
    attributes?: Readonly<Record<string, { readonly type: string; readonly value: string }>>,
  ): Promise<void>
}

export function snsAt(endpoint: string): Sns {
  async function call(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${action}: ${response.status} ${text}`)
    return text
  }
  return {
    async createTopic(name) {
      const arn = /<TopicArn>(.+?)<\/TopicArn>/.exec(await call('CreateTopic', { Name: name }))?.[1]
      if (arn === undefined) throw new Error(`CreateTopic gave no ARN for ${name}.`)
      return arn
    },
    async subscribe(topicArn, queueArn, raw = false) {
      await call('Subscribe', {
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': String(raw),
      })
    },
    async publish(topicArn, message, attributes = {}) {
      const parameters: Record<string, string> = { TopicArn: topicArn, Message: message }
      for (const [index, [name, { type, value }]] of Object.entries(attributes).entries()) {
        const entry = `MessageAttributes.entry.${index + 1}`
        parameters[`${entry}.Name`] = name
        parameters[`${entry}.Value.DataType`] = type
        parameters[`${entry}.Value.${type === 'Binary' ? 'BinaryValue' : 'StringValue'}`] = value
      }
      await call('Publish', parameters)
    },
  }
}
