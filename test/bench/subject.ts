import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context, SQSEvent } from 'aws-lambda'

export const SUBJECTS = ['oncekit', 'powertools', 'floor'] as const
export type SubjectName = (typeof SUBJECTS)[number]

export interface SubjectParts {
  readonly table: string
  /** Only for counting; in timed runs each subject makes the client it makes by default. */
  readonly client?: DynamoDBClient | undefined
  /** The user's own work for one message. */
  readonly work: (messageId: string) => Promise<void>
}

/** A Lambda handler for SQS events, as the subject's documentation would have it written. */
export type Subject = (event: SQSEvent, context: Context) => Promise<unknown>

export type CreateSubject = (parts: SubjectParts) => Subject
