/** Something to bundle. Tests of templates skip the bundling; the file only has to exist. */
export const handler = async (): Promise<{ batchItemFailures: never[] }> => ({ batchItemFailures: [] })
