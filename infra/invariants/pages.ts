const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg'
const SQS = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide'
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'

type Page =
  | 'queueForLambda'
  | 'partialResponse'
  | 'mappingParameters'
  | 'mappingScaling'
  | 'timeout'
  | 'runtimes'
  | 'visibility'
  | 'deadLetter'
  | 'fifoThroughput'
  | 'fifoNames'
  | 'keys'
  | 'timeToLive'
  | 'globalTables'

/** The AWS pages that the invariants follow. */
export const PAGES: Readonly<Record<Page, string>> = {
  queueForLambda: `${LAMBDA}/services-sqs-configure.html`,
  partialResponse: `${LAMBDA}/services-sqs-errorhandling.html`,
  mappingParameters: `${LAMBDA}/services-sqs-parameters.html`,
  mappingScaling: `${LAMBDA}/services-sqs-scaling.html`,
  timeout: `${LAMBDA}/configuration-timeout.html`,
  runtimes: `${LAMBDA}/lambda-runtimes.html`,
  visibility: `${SQS}/sqs-visibility-timeout.html`,
  deadLetter: `${SQS}/sqs-dead-letter-queues.html`,
  fifoThroughput: `${SQS}/high-throughput-fifo.html`,
  fifoNames: `${SQS}/sqs-queue-types.html`,
  keys: `${DYNAMODB}/HowItWorks.CoreComponents.html`,
  timeToLive: `${DYNAMODB}/TTL.html`,
  globalTables: `${DYNAMODB}/V2globaltables_HowItWorks.html`,
}
