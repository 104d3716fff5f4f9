import { Duration } from 'aws-cdk-lib'

/** As in the handler: the longest that SQS keeps a message. */
export const DEFAULT_TTL: Duration = Duration.days(14)
export const DEFAULT_TIMEOUT: Duration = Duration.seconds(30)
export const DEFAULT_RETENTION: Duration = Duration.days(4)
/** The longest that SQS allows, so that there is time to look. */
export const DEFAULT_DEAD_LETTER_RETENTION: Duration = Duration.days(14)
export const DEFAULT_RECEIVE_COUNT = 5
export const DEFAULT_BATCH_SIZE = 10
